using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Cli.Work;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest snapshot revert|delete REF SNAP</c>.</summary>
internal sealed class SnapshotChangeCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Argument<string> _snapshot = new("SNAP") { Description = "The snapshot's name or id" };
    private readonly string _done;

    internal SnapshotChangeCommand(string verb, string description, string done)
        : base(verb, description)
    {
        _done = done;
        Add(_guest);
        Add(_snapshot);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (guest, snapshot) = (invocation.Get(_guest), invocation.Get(_snapshot));
        var list = GuestPath.Of(guest) + "/snapshots";
        var one = $"{list}/{await FindAsync(invocation.Client, list, guest, snapshot, cancellationToken)}";
        var answer = Name == "delete"
            ? await invocation.Client.SendAsync(HttpMethod.Delete, CommandPath.Of(invocation, one), cancellationToken)
            : await invocation.Client.SendAsync(HttpMethod.Post, CommandPath.Of(invocation, one + ":revert"), cancellationToken);
        var done = Name == "delete" ? $"Snapshot {snapshot} of {guest} is {_done}." : $"Guest {guest} is {_done} {snapshot}.";
        return await TaskFollower.FinishAsync(invocation, answer, done, cancellationToken);
    }

    private static async Task<string> FindAsync(AnyvisorClient client, string list, string guest, string snapshot, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var page in client.ListPagesAsync(list, new ListQuery(), cancellationToken))
            foreach (var item in page.Items.EnumerateArray())
            {
                if (item.Field("name").ValueEquals(snapshot) || item.Field("id").ValueEquals(snapshot))
                    return item.Text("id");
                names.Add(item.Text("name"));
            }
        throw new CliException(
            ExitCode.NotFound,
            $"Guest {guest} has no snapshot '{snapshot}'.",
            names.Count == 0 ? "It has none at all." : "It has: " + string.Join(", ", names)
        );
    }
}
