using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;

namespace Anyvisor.Drivers.SolarisZones.Work;

/// <summary>Steps on the ZFS snapshots of a zone's dataset and those below it.</summary>
internal abstract class SnapshotStepKind(GlobalZone zone, ZoneWatch watch) : StepKind(zone, watch)
{
    protected CommandLine Commands => Zone.Commands ?? throw new ProviderException(ProviderError.NotCapable, $"{Zone.Way} has no snapshots.");

    protected static string Full(StepArguments step) => $"{ZoneNames.RequireDataset(step["dataset"])}@{step["prefix"]}{ZoneNames.RequireSnapshot(step["snapshot"])}";

    protected static WorkStep Make(string kind, string label, string dataset, string prefix, string snapshot, string? description = null) =>
        StepArguments.Make(kind, kind, label, ("dataset", dataset), ("prefix", prefix), ("snapshot", snapshot), ("description", description));

    protected async Task<bool> ExistsAsync(StepArguments step, CancellationToken cancellationToken)
    {
        var doing = $"look for the snapshot '{Full(step)}'";
        var result = await Commands.TryAsync(["zfs", "list", "-H", "-o", "name", Full(step)], doing, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
            return true;
        var e = CommandErrors.Translate("zfs", result.ExitCode, result.Error, doing);
        return e.Error == ProviderError.NotFound ? false : throw e;
    }
}

internal sealed class SnapshotStep(GlobalZone zone, ZoneWatch watch) : SnapshotStepKind(zone, watch)
{
    public const string Kind = "snapshot";

    public static WorkStep For(string guest, string dataset, string prefix, string snapshot, string? description) =>
        Make(Kind, $"Take the snapshot {snapshot} of {guest}", dataset, prefix, snapshot, description);

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(step, cancellationToken).ConfigureAwait(false))
        {
            // Properties take no line's end and no tab: text is written as in URLs.
            string[] description = step.Find("description") is { Length: > 0 } text ? ["-o", "anyvisor:description=" + Uri.EscapeDataString(text)] : [];
            await Commands.RunAsync(["zfs", "snapshot", "-r", "-o", "anyvisor:task=" + context.TaskId, .. description, Full(step)], $"take the snapshot '{Full(step)}'", changes: true, cancellationToken).ConfigureAwait(false);
        }
        Watch.TouchAround();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await ExistsAsync(step, cancellationToken).ConfigureAwait(false) ? WorkStepState.Done : WorkStepState.NotDone;

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(step, cancellationToken).ConfigureAwait(false))
            return;
        var task = await Commands.RunAsync(["zfs", "get", "-H", "-o", "value", "anyvisor:task", Full(step)], $"read the snapshot '{Full(step)}'", changes: false, cancellationToken).ConfigureAwait(false);
        if (task.Trim() == context.TaskId)
            await Commands.RunAsync(["zfs", "destroy", "-r", Full(step)], $"take back the snapshot '{Full(step)}'", changes: true, cancellationToken).ConfigureAwait(false);
        Watch.TouchAround();
    }
}

internal sealed class RollbackStep(GlobalZone zone, ZoneWatch watch) : SnapshotStepKind(zone, watch)
{
    public const string Kind = "rollback";

    public static WorkStep For(string guest, string dataset, string prefix, string snapshot) =>
        Make(Kind, $"Revert {guest} to {snapshot}", dataset, prefix, snapshot) with { PointOfNoReturn = true };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        await Commands.ScriptAsync(Scripts.Rollback, [ZoneNames.RequireDataset(step["dataset"]), step["prefix"] + ZoneNames.RequireSnapshot(step["snapshot"])], "", $"revert to '{Full(step)}'", changes: true, cancellationToken).ConfigureAwait(false);
        Watch.TouchAround();
    }

    /// <summary>ZFS does not tell whether something was written since: to revert again does no harm while the zone is off.</summary>
    public override Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) => Task.FromResult(WorkStepState.Partial);
}

internal sealed class SnapshotDeleteStep(GlobalZone zone, ZoneWatch watch) : SnapshotStepKind(zone, watch)
{
    public const string Kind = "snapshot-delete";

    public static WorkStep For(string guest, string dataset, string prefix, string snapshot) =>
        Make(Kind, $"Delete the snapshot {snapshot} of {guest}", dataset, prefix, snapshot) with { PointOfNoReturn = true };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await ExistsAsync(step, cancellationToken).ConfigureAwait(false))
            await Commands.RunAsync(["zfs", "destroy", "-r", Full(step)], $"delete the snapshot '{Full(step)}'", changes: true, cancellationToken).ConfigureAwait(false);
        Watch.TouchAround();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await ExistsAsync(step, cancellationToken).ConfigureAwait(false) ? WorkStepState.NotDone : WorkStepState.Done;
}
