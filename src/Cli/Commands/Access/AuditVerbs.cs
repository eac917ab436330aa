using System.CommandLine;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Access;

/// <summary>The verb of <c>audit</c>.</summary>
internal static class AuditVerbs
{
    private static readonly Column[] Columns =
    [
        Column.Number("SEQUENCE", "sequence"),
        Column.Ago("WHEN", "at"),
        new("WHO", "actor"),
        new("ACTION", "action"),
        new("TARGET", "target"),
        new("OUTCOME", "outcome") { State = true },
        new("FROM", "from"),
        new("TASK", "task") { Wide = true },
        new("DETAIL", "detail") { Wide = true },
    ];

    internal static IEnumerable<Command> Create() => [new ListCommand("Who did what, the newest first", "/audit", Columns, ListTakes.Pages)];
}
