using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Steps;

/// <summary>Keeps a guest as it is now under a name.</summary>
internal sealed class SnapshotStep : EstateStep
{
    public const string Name = "snapshot";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context)
    {
        var guest = Guest(estate, step);
        var id = Id(step, "snapshot");
        var memory = step.Arguments["memory"] == "true";
        var point = new Snapshot
        {
            Id = estate.Layout.Id(ObjectKind.Snapshot, id),
            NativeId = id,
            Name = step.Arguments["name"],
            Provider = estate.Layout.Provider,
            Guest = guest.Id,
            Parent = estate.Points(guest.NativeId).LastOrDefault(known => known.Snapshot.Current)?.Snapshot.Name,
            Current = true,
            Consistency = memory ? SnapshotConsistency.Memory : step.Arguments["quiesce"] == "true" ? SnapshotConsistency.Application : SnapshotConsistency.Crash,
            Power = memory ? guest.Power : PowerState.Off,
            Description = step.Arguments.GetValueOrDefault("description"),
            CreatedAt = estate.Now,
            ObservedAt = estate.Now,
        };
        estate.AddPoint(guest.NativeId, new SavedPoint(point, guest, context.TaskId));
    }

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) =>
        estate.Points(Id(step, "guest")).Any(point => point.Snapshot.NativeId == Id(step, "snapshot"));

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context) =>
        estate.RemovePoint(Id(step, "guest"), Id(step, "snapshot"), context.TaskId);
}

/// <summary>Brings a guest back to a snapshot. What it was before is gone.</summary>
internal sealed class RevertStep : EstateStep
{
    public const string Name = "revert";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context)
    {
        // A second time would throw away what the guest did since the first.
        if (IsDone(estate, step, context))
            return;
        var id = Id(step, "snapshot");
        var point = estate.Points(Id(step, "guest")).FirstOrDefault(known => known.Snapshot.NativeId == id)
            ?? throw new ProviderException(ProviderError.NotFound, $"The guest has no snapshot {id} any more.");
        estate.TryHost(point.Guest.Host, out var host);
        estate.Change(
            point.Guest.NativeId,
            now => now with
            {
                Power = point.Snapshot.Power,
                Transition = Transition.None,
                Raw = estate.Layout.PlatformOf(host).Raw(point.Snapshot.Power),
                Vcpus = point.Guest.Vcpus,
                Memory = point.Guest.Memory,
                Disks = point.Guest.Disks,
            }
        );
        estate.MakeCurrent(point.Guest.NativeId, id, context.TaskId);
    }

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) =>
        estate.WasReverted(Id(step, "guest"), context.TaskId);

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context)
    {
        // The state before it was not kept.
    }
}

/// <summary>Deletes a snapshot; the guest goes on as it is.</summary>
internal sealed class SnapshotDeleteStep : EstateStep
{
    public const string Name = "delete-snapshot";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context) => estate.RemovePoint(Id(step, "guest"), Id(step, "snapshot"), null);

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) =>
        estate.Points(Id(step, "guest")).All(point => point.Snapshot.NativeId != Id(step, "snapshot"));

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context)
    {
        // What it held was not kept.
    }
}
