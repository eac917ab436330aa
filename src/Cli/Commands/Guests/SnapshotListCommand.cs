using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest snapshot list REF</c>.</summary>
internal sealed class SnapshotListCommand : CliCommand
{
    private static readonly Column[] Columns =
    [
        new("NAME", "name"),
        new("CURRENT", "current"),
        new("CONSISTENCY", "consistency"),
        new("POWER", "power") { State = true },
        new("PARENT", "parent"),
        Column.Ago("CREATED", "createdAt"),
        new("DESCRIPTION", "description"),
        new("ID", "id") { Wide = true },
    ];

    private readonly Argument<string> _guest = References.Guest();

    internal SnapshotListCommand()
        : base("list", "List a guest's snapshots")
    {
        Aliases.Add("ls");
        Add(_guest);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var pages = invocation.Client.ListPagesAsync(GuestPath.Of(invocation.Get(_guest)) + "/snapshots", new ListQuery(), cancellationToken);
        await ListPrinter.PrintAsync(invocation, pages, Columns, cancellationToken);
        return ExitCode.Done;
    }
}
