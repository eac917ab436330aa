using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Drivers.SolarisZones.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Migrating;

/// <summary>
/// Takes a zone away that another global zone has now: its configuration, its datasets, and the snapshot that was sent. Not
/// before the other side says that it is installed there.
/// </summary>
internal sealed class LeaveStep(GlobalZone zone, ZoneWatch watch) : StepKind(zone, watch)
{
    public const string Kind = "leave";

    private readonly SendStep _sent = new(zone, watch);

    public static WorkStep For(ZoneLine line, string dataset, string into, string snapshot, string host) =>
        StepArguments.Make("leave", Kind, $"Take the zone {line.Name} away from {host}", ("zone", line.Name), ("dataset", dataset), ("into", into), ("snapshot", snapshot)) with { PointOfNoReturn = true };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) == WorkStepState.Done)
            return;
        var (name, peer) = (step["zone"], PeerStep.Of(context).Zone);
        if (await peer.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } there || Mapping.State(there.State).Lifecycle != Lifecycle.Provisioned)
            throw new ProviderException(ProviderError.Conflict, $"Zone '{name}' is not installed at {peer.Facts.Name}: it is not taken away here.");
        // What is there must be what this task sent, and all of what is here now: a zone of that name alone proves nothing.
        if (!await OursAsync(peer, step["into"], step, context, cancellationToken).ConfigureAwait(false) || await _sent.InspectAsync(step, context, cancellationToken).ConfigureAwait(false) != WorkStepState.Done)
            throw new ProviderException(ProviderError.Conflict, $"Not all of what zone '{name}' has here is at {peer.Facts.Name} as this task sent it: it is not taken away here.");
        if (await Zone.FindAsync(name, cancellationToken).ConfigureAwait(false) is { State: "configured" })
            _ = await Zone.ConfigureAsync(name, ["delete -F"], live: false, $"delete zone '{name}'", cancellationToken).ConfigureAwait(false);
        await DestroyAsync(Zone, step["dataset"], step, context, whole: true, cancellationToken).ConfigureAwait(false);
        await DestroyAsync(peer, step["into"], step, context, whole: false, cancellationToken).ConfigureAwait(false);
        Watch.Touch(name);
        Watch.TouchAround();
        PeerStep.Of(context).Watch.TouchAround();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var configured = await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is not null;
        var sent = await OursAsync(Zone, step["dataset"], step, context, cancellationToken).ConfigureAwait(false);
        var mark = await OursAsync(PeerStep.Of(context).Zone, step["into"], step, context, cancellationToken).ConfigureAwait(false);
        return configured && sent ? WorkStepState.NotDone : sent || mark ? WorkStepState.Partial : WorkStepState.Done;
    }

    /// <summary>Destroys a dataset that bears the task's mark, with what is below it; or the mark alone.</summary>
    private static async Task DestroyAsync(GlobalZone at, string dataset, StepArguments step, WorkContext context, bool whole, CancellationToken cancellationToken)
    {
        if (!await OursAsync(at, dataset, step, context, cancellationToken).ConfigureAwait(false))
            return;
        var what = whole ? ZoneNames.RequireDataset(dataset) : Marked(dataset, step);
        await at.Commands!.RunAsync(["zfs", "destroy", "-r", what], $"destroy {what}", changes: true, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> OursAsync(GlobalZone at, string dataset, StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var doing = $"look for {Marked(dataset, step)}";
        var mark = await at.Commands!.TryAsync(["zfs", "get", "-H", "-o", "value", "anyvisor:task", Marked(dataset, step)], doing, cancellationToken).ConfigureAwait(false);
        if (mark.ExitCode == 0)
            return mark.Output.Trim() == context.TaskId;
        var e = CommandErrors.Translate("zfs", mark.ExitCode, mark.Error, doing);
        return e.Error == ProviderError.NotFound ? false : throw e;
    }

    private static string Marked(string dataset, StepArguments step) => $"{ZoneNames.RequireDataset(dataset)}@{ZoneNames.RequireSnapshot(step["snapshot"])}";
}
