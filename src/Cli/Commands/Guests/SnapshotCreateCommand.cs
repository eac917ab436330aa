using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest snapshot create REF [SNAP]</c>.</summary>
internal sealed class SnapshotCreateCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Argument<string?> _name = new("SNAP") { Description = "Its name; chosen by time without one", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _description = new("--description") { Description = "What it is for", HelpName = "TEXT" };
    private readonly Option<bool> _memory = new("--memory") { Description = "Save the memory of a running guest too (the default where the system can)" };
    private readonly Option<bool> _diskOnly = new("--disk-only") { Description = "Leave the memory out" };
    private readonly Option<bool> _quiesce = new("--quiesce") { Description = "Ask the guest's agent to quiesce file systems first" };

    internal SnapshotCreateCommand()
        : base("create", "Save this point in a guest's time")
    {
        Add(_guest);
        Add(_name);
        foreach (var option in (Option[])[_description, _memory, _diskOnly, _quiesce])
            Add(option);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Get(_memory) && invocation.Get(_diskOnly))
            throw CliException.Usage("--memory and --disk-only exclude each other.");
        var guest = invocation.Get(_guest);
        bool? memory = invocation.Get(_memory) ? true : invocation.Get(_diskOnly) ? false : null;
        var snapshot = new CreateSnapshot(invocation.Get(_name), invocation.Get(_description), memory, invocation.Get(_quiesce));
        var path = CommandPath.Of(invocation, GuestPath.Of(guest) + "/snapshots");
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, path, snapshot, ModelJson.Default.CreateSnapshot, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {guest} has the snapshot{(snapshot.Name is { } name ? " " + name : "")}.", cancellationToken);
    }
}
