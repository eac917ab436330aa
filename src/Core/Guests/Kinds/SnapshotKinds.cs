using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Saves a point in a guest's time.</summary>
internal sealed class SnapshotCreateKind(GuestParts parts, Admission admission) : DriverWorkKind<IGuestSnapshots>(KindName, parts)
{
    public const string KindName = "guest.snapshot-create";

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var guest = Parts.GuestOf(order);
        admission.Require(Verb.SnapshotCreate, guest, order.Id);
        return Parts.Calls.PlanAsync<IGuestSnapshots>(
            guest.Provider,
            "plan-snapshot",
            (facet, token) => facet.PlanSnapshotAsync(guest, Request(order), order.Id, token),
            cancellationToken
        );
    }

    protected override bool Seen(TaskOrder order) => Find(order) is not null;

    public override Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult(Find(order)?.Id.ToString());

    // Named by the time of the task, so that asking again with the same key asks for the same.
    private static CreateSnapshot Request(TaskOrder order)
    {
        var request = order.Read(ModelJson.Default.CreateSnapshot);
        return request.Name is null ? request with { Name = $"{TaskIds.TimeOf(order.Id):yyyy-MM-dd-HHmmss}" } : request;
    }

    private Snapshot? Find(TaskOrder order)
    {
        var name = Request(order).Name;
        return Parts.Inventory.Snapshots(ObjectId.Parse(order.Target.Id!)).FirstOrDefault(s => s.Name == name && s.Presence != Presence.Missing);
    }
}

/// <summary>Takes a guest back to a saved point.</summary>
internal sealed class SnapshotRevertKind(GuestParts parts, Admission admission) : DriverWorkKind<IGuestSnapshots>(KindName, parts)
{
    public const string KindName = "guest.snapshot-revert";

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var guest = Parts.GuestOf(order);
        admission.Require(Verb.SnapshotRevert, guest, order.Id);
        var snapshot = SnapshotReference.Find(Parts, guest, order.Read(CommandJson.Default.SnapshotTarget).Snapshot);
        return Parts.Calls.PlanAsync<IGuestSnapshots>(
            guest.Provider,
            "plan-revert",
            (facet, token) => facet.PlanRevertAsync(guest, snapshot, order.Id, token),
            cancellationToken
        );
    }

    protected override bool Seen(TaskOrder order)
    {
        var id = order.Read(CommandJson.Default.SnapshotTarget).Snapshot;
        // Not every system says which snapshot its disks go on from: without that, there is nothing to wait for.
        var all = Parts.Inventory.Snapshots(ObjectId.Parse(order.Target.Id!));
        return !all.Any(s => s.Current) || all.Any(s => s.Current && (s.Id.ToString() == id || s.Name == id));
    }
}

/// <summary>Forgets a saved point.</summary>
internal sealed class SnapshotDeleteKind(GuestParts parts, Admission admission) : DriverWorkKind<IGuestSnapshots>(KindName, parts)
{
    public const string KindName = "guest.snapshot-delete";

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var guest = Parts.GuestOf(order);
        admission.Require(Verb.SnapshotDelete, guest, order.Id);
        var snapshot = SnapshotReference.Find(Parts, guest, order.Read(CommandJson.Default.SnapshotTarget).Snapshot);
        return Parts.Calls.PlanAsync<IGuestSnapshots>(
            guest.Provider,
            "plan-snapshot-delete",
            (facet, token) => facet.PlanSnapshotDeleteAsync(guest, snapshot, order.Id, token),
            cancellationToken
        );
    }

    protected override bool Seen(TaskOrder order)
    {
        var id = order.Read(CommandJson.Default.SnapshotTarget).Snapshot;
        return !Parts
            .Inventory.Snapshots(ObjectId.Parse(order.Target.Id!))
            .Any(s => (s.Id.ToString() == id || s.Name == id) && s.Presence != Presence.Missing);
    }
}

/// <summary>A snapshot of a guest by its id or name.</summary>
internal static class SnapshotReference
{
    /// <exception cref="CommandException">The guest has none such.</exception>
    public static Snapshot Find(GuestParts parts, Guest guest, string reference)
    {
        var all = parts.Inventory.Snapshots(guest.Id);
        return all.FirstOrDefault(s => s.Id.ToString() == reference)
            ?? all.FirstOrDefault(s => s.Name == reference)
            ?? throw ProblemFactory.NotFound("snapshot", $"{guest.Name}/{reference}", [.. all.Select(s => s.Name).Take(20)]);
    }
}
