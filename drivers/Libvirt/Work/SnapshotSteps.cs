using System.Xml.Linq;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>
/// Takes a snapshot. The guest's own description lies within it, and that holds the task's mark while the step runs: so
/// it can be told from a stranger's of the same name.
/// </summary>
internal sealed class SnapshotStep(Daemon daemon) : StepKind
{
    public const string Kind = "snapshot";

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) == WorkStepState.Done)
            return;
        var doing = $"take the snapshot '{step["snapshot"]}' of '{guest.Name}'";
        await RevertMarks.SetAsync(daemon, guest, context.TaskId, doing, cancellationToken, step.Find("quiesced")).ConfigureAwait(false);
        try
        {
            await Calls.ChangeAsync(daemon.Client.DomainSnapshotCreateXmlAsync(guest, step["xml"], (uint)step.Number("flags"), cancellationToken), doing).ConfigureAwait(false);
        }
        finally
        {
            await RevertMarks.ClearAsync(daemon, guest, CancellationToken.None).ConfigureAwait(false);
            daemon.Watch.Touch(guest.Uuid);
        }
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return WorkStepState.Unknown;
        return await IsOursAsync(guest, step, context, cancellationToken).ConfigureAwait(false) ? WorkStepState.Done : WorkStepState.NotDone;
    }

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return;
        if (await IsOursAsync(guest, step, context, cancellationToken).ConfigureAwait(false) && step.Find("layers") is not null)
        {
            await MergeLayersStep.MergeAsync(daemon, step, context, cancellationToken).ConfigureAwait(false);
            await SnapshotDeleteStep.DeleteAsync(daemon, guest, step["snapshot"], SnapshotDeleteStep.MetadataOnly, cancellationToken).ConfigureAwait(false);
        }
        else if (await IsOursAsync(guest, step, context, cancellationToken).ConfigureAwait(false))
            await SnapshotDeleteStep.DeleteAsync(daemon, guest, step["snapshot"], 0, cancellationToken).ConfigureAwait(false);
        await RevertMarks.ClearAsync(daemon, guest, cancellationToken).ConfigureAwait(false);
        daemon.Watch.Touch(guest.Uuid);
    }

    private async Task<bool> IsOursAsync(DomainRef guest, StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var doing = $"look for the snapshot '{step["snapshot"]}' of '{guest.Name}'";
        if (await Calls.FindAsync(daemon.Client.DomainSnapshotLookupByNameAsync(guest, step["snapshot"], 0, cancellationToken), doing).ConfigureAwait(false) is not { } snapshot)
            return false;
        var xml = await Calls.AskAsync(daemon.Client.DomainSnapshotGetXmlDescAsync(snapshot, 0, cancellationToken), doing).ConfigureAwait(false);
        return SnapshotDescription.Read(xml, snapshot.Name).RevertMark == context.TaskId;
    }
}

/// <summary>Marks a guest before it is reverted: the snapshot that comes back has another mark, or none.</summary>
internal sealed class RevertMarkStep(Daemon daemon) : StepKind
{
    public const string Kind = "revert-mark";

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        await RevertMarks.SetAsync(daemon, guest, context.TaskId, $"mark '{guest.Name}' for its revert", cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        return await RevertMarks.ReadAsync(daemon, guest, cancellationToken).ConfigureAwait(false) == context.TaskId ? WorkStepState.Done : WorkStepState.NotDone;
    }

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return;
        if (await RevertMarks.ReadAsync(daemon, guest, cancellationToken).ConfigureAwait(false) == context.TaskId)
            await RevertMarks.ClearAsync(daemon, guest, cancellationToken).ConfigureAwait(false);
        daemon.Watch.Touch(guest.Uuid);
    }
}

/// <summary>Brings a snapshot back. Whether it came back is told by the mark, which the snapshot does not have.</summary>
internal sealed class RevertStep(Daemon daemon) : StepKind
{
    public const string Kind = "revert";

    /// <summary>VIR_DOMAIN_SNAPSHOT_REVERT_FORCE: the running guest is given up, which is what was asked for.</summary>
    private const uint Force = 4;

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        if (await RevertMarks.ReadAsync(daemon, guest, cancellationToken).ConfigureAwait(false) != context.TaskId)
            return; // It came back.
        var doing = $"revert '{guest.Name}' to '{step["snapshot"]}'";
        var snapshot = await Calls.AskAsync(daemon.Client.DomainSnapshotLookupByNameAsync(guest, step["snapshot"], 0, cancellationToken), doing).ConfigureAwait(false);
        try
        {
            await RevertAsync(snapshot, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
        finally
        {
            daemon.Watch.Touch(guest.Uuid);
        }
        // A snapshot that was itself taken by a task has that task's mark within.
        await RevertMarks.ClearAsync(daemon, guest, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return WorkStepState.Unknown;
        return await RevertMarks.ReadAsync(daemon, guest, cancellationToken).ConfigureAwait(false) == context.TaskId ? WorkStepState.NotDone : WorkStepState.Done;
    }

    private async Task RevertAsync(SnapshotRef snapshot, CancellationToken cancellationToken)
    {
        try
        {
            await daemon.Client.DomainRevertToSnapshotAsync(snapshot, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.SnapshotRevertRisky)
        {
            await daemon.Client.DomainRevertToSnapshotAsync(snapshot, Force, cancellationToken).ConfigureAwait(false);
        }
    }
}

internal sealed class SnapshotDeleteStep(Daemon daemon) : StepKind
{
    public const string Kind = "snapshot-delete";

    /// <summary>VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY: libvirt forgets it, its files are another step's business.</summary>
    public const uint MetadataOnly = 2;

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return;
        await DeleteAsync(daemon, guest, step["snapshot"], step.Find("flags") is null ? 0 : (uint)step.Number("flags"), cancellationToken).ConfigureAwait(false);
        daemon.Watch.Touch(guest.Uuid);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return WorkStepState.Done;
        var found = await Calls.FindAsync(daemon.Client.DomainSnapshotLookupByNameAsync(guest, step["snapshot"], 0, cancellationToken), "look for the snapshot").ConfigureAwait(false);
        return found is null ? WorkStepState.Done : WorkStepState.NotDone;
    }

    public static async Task DeleteAsync(Daemon daemon, DomainRef guest, string name, uint flags, CancellationToken cancellationToken)
    {
        var doing = $"delete the snapshot '{name}' of '{guest.Name}'";
        if (await Calls.FindAsync(daemon.Client.DomainSnapshotLookupByNameAsync(guest, name, 0, cancellationToken), doing).ConfigureAwait(false) is not { } snapshot)
            return;
        if (flags == MetadataOnly)
            await LeaveOverlaysAsync(daemon, guest, snapshot, doing, cancellationToken).ConfigureAwait(false);
        await Calls.ChangeAsync(daemon.Client.DomainSnapshotDeleteAsync(snapshot, flags, cancellationToken), doing).ConfigureAwait(false);
    }

    /// <summary>
    /// libvirt 9.0 takes it that the overlay of a forgotten snapshot was merged, and points later snapshots at the file
    /// below. Where the overlay stays for them, the snapshot first gives up its name for it.
    /// </summary>
    private static async Task LeaveOverlaysAsync(Daemon daemon, DomainRef guest, SnapshotRef snapshot, string doing, CancellationToken cancellationToken)
    {
        var all = await new ExternalSnapshots(daemon).ListAsync(guest, cancellationToken).ConfigureAwait(false);
        var needed = all.Where(s => s.Name != snapshot.Name).SelectMany(s => s.Layers).Select(l => l.Base).ToHashSet(StringComparer.Ordinal);
        if (all.FirstOrDefault(s => s.Name == snapshot.Name) is not { } held || SnapshotLayers.WithoutOverlays(held.Xml, needed) is not { } xml)
            return;
        var current = await Calls.AskAsync(daemon.Client.DomainSnapshotIsCurrentAsync(snapshot, 0, cancellationToken), doing).ConfigureAwait(false);
        await Calls.ChangeAsync(daemon.Client.DomainSnapshotCreateXmlAsync(guest, xml, RelinkSnapshotsStep.Redefine | (current ? RelinkSnapshotsStep.Current : 0), cancellationToken), doing).ConfigureAwait(false);
    }
}

internal static class Guests
{
    public static Task<DomainRef> RequireAsync(Daemon daemon, StepArguments step, CancellationToken cancellationToken) =>
        Calls.AskAsync(daemon.Client.DomainLookupByUuidAsync(step.Uuid("uuid"), cancellationToken), $"find guest '{step["name"]}'");
}

/// <summary>The mark of a task that works on a guest's snapshots, in the guest's metadata.</summary>
internal static class RevertMarks
{
    // virDomainMetadataType and virDomainModificationImpact.
    private const int Element = 2;
    private const uint Live = 1;
    private const uint Config = 2;

    public static async Task<string?> ReadAsync(Daemon daemon, DomainRef guest, CancellationToken cancellationToken) =>
        DomainReader.Read(await daemon.XmlAsync(guest, 0, cancellationToken).ConfigureAwait(false), guest.Name).RevertMark;

    public static Task SetAsync(Daemon daemon, DomainRef guest, string task, string doing, CancellationToken cancellationToken, string? quiesced = null) =>
        WriteAsync(daemon, guest, new XElement("revert", new XAttribute("task", task), quiesced is null ? null : new XAttribute("quiesced", quiesced)).ToString(SaveOptions.DisableFormatting), doing, cancellationToken);

    public static Task ClearAsync(Daemon daemon, DomainRef guest, CancellationToken cancellationToken) =>
        WriteAsync(daemon, guest, null, $"take the mark off '{guest.Name}'", cancellationToken);

    private static async Task WriteAsync(Daemon daemon, DomainRef guest, string? element, string doing, CancellationToken cancellationToken)
    {
        // Whether it is on, and whether it has a definition, may have changed by what was done in between.
        if (await daemon.FindGuestAsync(guest.Uuid, cancellationToken).ConfigureAwait(false) is not { } now)
            return;
        var persistent = await Calls.AskAsync(daemon.Client.DomainIsPersistentAsync(now, cancellationToken), doing).ConfigureAwait(false);
        var impact = (now.Id >= 0 ? Live : 0) | (persistent ? Config : 0);
        try
        {
            await daemon.Client.DomainSetMetadataAsync(now, Element, element, GuestMarks.RevertPrefix, GuestMarks.RevertNamespace, impact, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (element is null && e.Code == LibvirtErrorCode.NoDomainMetadata)
        {
            return; // There is none.
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
    }
}
