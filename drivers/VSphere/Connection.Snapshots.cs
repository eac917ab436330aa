using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Drivers.VSphere.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

internal sealed partial class Connection : IGuestSnapshots
{
    public async Task<WorkPlan> PlanSnapshotAsync(Guest guest, CreateSnapshot request, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.SnapshotCreate, guest, cancellationToken).ConfigureAwait(false);
        var on = Mapping.Power(now.PowerWord) == PowerState.On;
        var name = request.Name ?? $"anyvisor-{_time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        if (Array.Exists(now.Snapshots, node => node.Name == name))
            throw new ProviderException(ProviderError.Conflict, $"'{now.Name}' has a snapshot '{name}' already. Choose another name.") { NativeCode = "DuplicateName" };
        if (request is { Memory: true, Quiesce: true })
            throw new ProviderException(ProviderError.InvalidArgument, "A snapshot with memory is not quiesced: choose one of the two.");
        if (request.Quiesce && on && !now.ToolsRun)
            throw new ProviderException(ProviderError.Conflict, $"VMware Tools do not run in '{now.Name}', and quiesce its file systems: start them, or do without.") { NativeCode = "ToolsUnavailable" };
        var memory = on && (request.Memory ?? !request.Quiesce) && !now.Hardware.Traits.HasFlag(DeviceTraits.IndependentDisk);
        var arguments = Of(now).Add("snapshot", name).Add("memory", memory ? "true" : "false").Add("quiesce", request.Quiesce && on ? "true" : "false");
        if (request.Description is { Length: > 0 } description)
            arguments = arguments.Add("description", description);
        return new WorkPlan
        {
            Host = guest.Host,
            Steps = [new WorkStep(SnapshotStep.Name, $"Take the snapshot {name}{(memory ? " with memory" : "")}", arguments)],
            Concerns = now.Hardware.Traits.HasFlag(DeviceTraits.IndependentDisk)
                ? [new Concern("vsphere.independent-disk", ConcernSeverity.Warning, "Independent disk", "A disk is left out of snapshots: it is not in this one, and memory neither.", "Make the disk dependent, if it is to be in it.")]
                : [],
        };
    }

    public async Task<WorkPlan> PlanRevertAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.SnapshotRevert, guest, cancellationToken).ConfigureAwait(false);
        var node = Node(now, snapshot);
        var arguments = Of(now).Add("snapshot", Step.Write(node.Self)).Add("current", Array.Find(now.Snapshots, one => one.Current) is { } current ? Step.Write(current.Self) : "");
        return new WorkPlan { Host = guest.Host, Steps = [new WorkStep(RevertStep.Name, $"Go back to {node.Name}", arguments) { PointOfNoReturn = true }] };
    }

    public async Task<WorkPlan> PlanSnapshotDeleteAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.SnapshotDelete, guest, cancellationToken).ConfigureAwait(false);
        var node = Node(now, snapshot);
        return new WorkPlan
        {
            Host = guest.Host,
            Steps = [new WorkStep(SnapshotDeleteStep.Name, $"Delete the snapshot {node.Name} and consolidate its disks", Of(now).Add("snapshot", Step.Write(node.Self)).Add("snapshot-name", node.Name)) { PointOfNoReturn = true }],
        };
    }

    private static SnapshotNode Node(GuestRecord guest, Snapshot snapshot) =>
        Array.Find(guest.Snapshots, node => NativeIds.Of(node.Self) == snapshot.NativeId)
        ?? throw new ProviderException(ProviderError.NotFound, $"'{guest.Name}' has no snapshot '{snapshot.Name}' any more.") { NativeCode = VimErrors.NoSuchObject };
}
