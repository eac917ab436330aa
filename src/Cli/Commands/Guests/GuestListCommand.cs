using System.CommandLine;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest list</c>.</summary>
internal sealed class GuestListCommand : ListCommand
{
    private readonly Option<bool> _service = new("--service") { Description = "Also the platform's own guests (VIOS, dom0)" };

    internal GuestListCommand()
        : base("List guests", "/guests", GuestColumns.All) => Add(_service);

    private protected override IReadOnlyList<KeyValuePair<string, string>> More(Invocation invocation) =>
        invocation.Get(_service) ? [new("service", "true")] : [];
}
