using System.Xml.Linq;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;

namespace Anyvisor.Drivers.VCloud.Work;

/// <summary>Takes the snapshot. The system keeps no name of it: that is noted in the guest's metadata.</summary>
internal sealed class SnapshotStep(Connection connection) : Step(connection)
{
    public const string Name = "snapshot";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        await System.SettleAsync(guest.Facts.Path, cancellationToken).ConfigureAwait(false);
        guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        if (guest.Snapshot is null)
        {
            var body = new XElement(VcdXml.Vcloud + "CreateSnapshotParams", new XAttribute("name", step.Arguments["snapshot"]), new XAttribute("memory", step.Arguments["memory"]), new XAttribute("quiesce", step.Arguments["quiesce"]),
                new XElement(VcdXml.Vcloud + "Description", step.Arguments["description"]));
            await System.DoAsync(guest, VcdRequest.Post($"{guest.Facts.Path}/action/createSnapshot", $"taking a snapshot of '{guest.Guest.Name}'", body, "vcloud.createSnapshotParams"), draft => draft.Snapshot is not null, cancellationToken).ConfigureAwait(false);
        }
        if (guest.Snapshot?.Name != step.Arguments["snapshot"])
            await System.DoAsync(guest, VcdRequest.Post($"{guest.Facts.Path}/metadata", $"naming the snapshot of '{guest.Guest.Name}'", Metadata.Write(Notes(step)), "vcloud.metadata"), draft => draft.Snapshot?.Name == step.Arguments["snapshot"], cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var taken = (await GuestAsync(step, cancellationToken).ConfigureAwait(false)).Snapshot;
        return taken is null ? WorkStepState.NotDone : taken.Name == step.Arguments["snapshot"] ? WorkStepState.Done : WorkStepState.Partial;
    }

    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await GuestAsync(step, cancellationToken).ConfigureAwait(false) is { Snapshot: not null } guest)
            await SnapshotDeleteStep.RemoveAsync(System, guest, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<KeyValuePair<string, string>> Notes(WorkStep step) =>
        [new(Metadata.Snapshot, step.Arguments["snapshot"]), new(Metadata.SnapshotDescription, step.Arguments["description"])];
}

/// <summary>Goes back to the snapshot, once: nothing tells that it was done, and a second time would throw away what a guest that runs wrote since.</summary>
internal sealed class RevertStep(Connection connection) : Step(connection)
{
    public const string Name = "revert";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        _ = await System.Tasks.RunAsync(VcdRequest.Post($"{guest.Facts.Path}/action/revertToCurrentSnapshot", $"reverting '{guest.Guest.Name}'"), context.Progress.Report, cancellationToken).ConfigureAwait(false);
        System.Watched.Poke(guest.Facts.VAppPath);
    }

    public override Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Task.FromResult(WorkStepState.Unknown);
}

/// <summary>Deletes the snapshot, and what we noted of it.</summary>
internal sealed class SnapshotDeleteStep(Connection connection) : Step(connection)
{
    public const string Name = "delete-snapshot";

    public static async Task RemoveAsync(Connection system, VmDraft guest, CancellationToken cancellationToken)
    {
        await system.DoAsync(guest, VcdRequest.Post($"{guest.Facts.Path}/action/removeAllSnapshots", $"deleting the snapshot of '{guest.Guest.Name}'"), draft => draft.Snapshot is null, cancellationToken).ConfigureAwait(false);
        await system.ForgetAsync(guest, Metadata.Snapshot, cancellationToken).ConfigureAwait(false);
        await system.ForgetAsync(guest, Metadata.SnapshotDescription, cancellationToken).ConfigureAwait(false);
        system.Watched.Poke(guest.Facts.VAppPath);
    }

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await GuestAsync(step, cancellationToken).ConfigureAwait(false) is { Snapshot: not null } guest)
            await RemoveAsync(System, guest, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf((await GuestAsync(step, cancellationToken).ConfigureAwait(false)).Snapshot is null);
}
