using System.CommandLine;
using Anyvisor.Cli.Commands.Guests;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Events;

/// <summary><c>event list</c>: what happened last.</summary>
internal sealed class EventListCommand : CliCommand
{
    private static readonly Column[] Columns =
    [
        Column.Number("SEQUENCE", "sequence"),
        Column.Ago("WHEN", "at"),
        new("KIND", "kind"),
        new("SUBJECT", "subject,subjectName,subjectId", static (item, _) => $"{item.Text("subject")} {item.Text("subjectName")}".TrimEnd()),
        new("PROVIDER", "provider") { Wide = true },
        new("WHAT", "changes,text", static (item, _) => GuestHistoryCommand.Changes(item) is { Length: > 0 } changes ? changes : item.Text("text")),
        new("TASK", "task") { Wide = true },
    ];

    private readonly Option<string?> _filter = new("--filter", "-f") { Description = "Only about guests that match", HelpName = "FILTER" };
    private readonly Option<Number?> _limit = new("--limit") { Description = "At most so many", HelpName = "N", CustomParser = Counts.Parse, DefaultValueFactory = static _ => new Number(100) };

    internal EventListCommand()
        : base("list", "What happened last, the newest first")
    {
        Aliases.Add("ls");
        Add(_filter);
        Add(_limit);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var query = new ListQuery { Filter = invocation.Get(_filter), Limit = invocation.Get(_limit)?.Value };
        await ListPrinter.PrintAsync(invocation, invocation.Client.ListPagesAsync("/events", query, cancellationToken), Columns, cancellationToken);
        return ExitCode.Done;
    }
}
