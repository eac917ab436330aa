using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>An overlay that is to be committed into the file below it.</summary>
internal sealed record MergedLayer(string Target, string Base, string Top)
{
    public string Write() => string.Join('\t', Target, Base, Top);

    public static IReadOnlyList<MergedLayer> Read(StepArguments step) =>
        [.. step["layers"].Split('\n').Select(line => line.Split('\t')).Select(part => new MergedLayer(part[0], part[1], part[2]))];
}

/// <summary>
/// Commits overlays into what lies below them. QEMU does it, so a guest that is off is started without letting its
/// processors run, and stopped again.
/// </summary>
internal sealed class MergeLayersStep(Daemon daemon) : StepKind
{
    public const string Kind = "merge-layers";

    /// <summary>VIR_DOMAIN_START_PAUSED.</summary>
    private const uint Paused = 1;

    public override Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) => MergeAsync(daemon, step, context, cancellationToken);

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return WorkStepState.Unknown;
        if (guest.Id >= 0 && step.Find("was-off") is not null)
            return WorkStepState.NotDone;
        return await IsMergedAsync(daemon, guest, MergedLayer.Read(step), cancellationToken).ConfigureAwait(false) ? WorkStepState.Done : WorkStepState.NotDone;
    }

    internal static async Task MergeAsync(Daemon daemon, StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        var layers = MergedLayer.Read(step);
        var doing = $"commit the overlays of '{guest.Name}'";
        // Begun before an interruption, it is on already.
        var stopAgain = step.Find("was-off") is not null;
        try
        {
            if (!await IsMergedAsync(daemon, guest, layers, cancellationToken).ConfigureAwait(false))
            {
                await RequireAloneAsync(daemon, guest, layers, cancellationToken).ConfigureAwait(false);
                if (guest.Id < 0)
                {
                    await ExternalSnapshots.RequireNoSavedMemoryAsync(daemon, guest, cancellationToken).ConfigureAwait(false);
                    stopAgain = true;
                    guest = await Calls.ChangeAsync(daemon.Client.DomainCreateWithFlagsAsync(guest, Paused, cancellationToken), doing).ConfigureAwait(false);
                }
            }
            if (guest.Id >= 0)
                foreach (var layer in layers)
                    await new LayerCommit(daemon, guest, layer).RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
        finally
        {
            if (stopAgain)
                await StopAgainAsync(daemon, guest).ConfigureAwait(false);
            daemon.Watch.Touch(guest.Uuid);
        }
        foreach (var pool in await PoolsAsync(daemon, layers, cancellationToken).ConfigureAwait(false))
            await daemon.Storage.RefreshAsync(pool, cancellationToken).ConfigureAwait(false);
        daemon.Watch.TouchPlaces();
    }

    private static async Task<bool> IsMergedAsync(Daemon daemon, DomainRef guest, IReadOnlyList<MergedLayer> layers, CancellationToken cancellationToken)
    {
        var description = DomainReader.Read(await daemon.XmlAsync(guest, 0, cancellationToken).ConfigureAwait(false), guest.Name);
        if (guest.Id >= 0)
            return !layers.Any(l => description.Disks.Any(d => d.Source == l.Top) || description.BackingFiles.Contains(l.Top));
        if (layers.Any(l => description.Disks.Any(d => d.Source == l.Top)))
            return false;
        // The pool was refreshed after the commit, so its volumes tell what lies upon what.
        var tree = await TreeAsync(daemon, guest, description, cancellationToken).ConfigureAwait(false);
        return !layers.Any(l => tree.Upon(l.Top).Any());
    }

    private static async Task<LayerTree> TreeAsync(Daemon daemon, DomainRef guest, DomainDescription now, CancellationToken cancellationToken) =>
        await new OwnDisks(daemon).TreeAsync(guest, now, await new ExternalSnapshots(daemon).ListAsync(guest, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>A commit changes the file below and ends the one on top for all that lie upon them: since it was planned, others may.</summary>
    private static async Task RequireAloneAsync(Daemon daemon, DomainRef guest, IReadOnlyList<MergedLayer> layers, CancellationToken cancellationToken)
    {
        foreach (var pool in await PoolsAsync(daemon, layers, cancellationToken).ConfigureAwait(false))
            await daemon.Storage.RefreshAsync(pool, cancellationToken).ConfigureAwait(false);
        var now = DomainReader.Read(await daemon.XmlAsync(guest, 0, cancellationToken).ConfigureAwait(false), guest.Name);
        var tree = await TreeAsync(daemon, guest, now, cancellationToken).ConfigureAwait(false);
        var chain = ExternalSnapshots.Chain(tree, now);
        if (layers.SelectMany(l => (string[])[l.Base, l.Top]).FirstOrDefault(path => !tree.IsAlone(path, chain)) is { } shared)
            throw new ProviderException(ProviderError.Conflict, $"The overlays of '{guest.Name}' are not committed: something else lies upon {shared} by now and would be lost. Plan it again.");
    }

    /// <summary>Somebody may have let it run in the meantime: then it stays on.</summary>
    private static async Task StopAgainAsync(Daemon daemon, DomainRef guest)
    {
        if (await daemon.FindGuestAsync(guest.Uuid, CancellationToken.None).ConfigureAwait(false) is not { Id: >= 0 } on)
            return;
        var (state, _) = await Calls.AskAsync(daemon.Client.DomainGetStateAsync(on, 0, CancellationToken.None), $"read guest '{on.Name}'").ConfigureAwait(false);
        if (state == Mapping.Paused)
            await StopStep.EnsureOffAsync(daemon, on, $"stop guest '{on.Name}' again", CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<HashSet<string>> PoolsAsync(Daemon daemon, IReadOnlyList<MergedLayer> layers, CancellationToken cancellationToken)
    {
        var pools = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in layers)
            if (await daemon.Storage.FindByPathAsync(layer.Base, cancellationToken).ConfigureAwait(false) is { } volume)
                pools.Add(volume.Pool);
        return pools;
    }
}

/// <summary>One running block commit, from its start until the guest goes on without the overlay.</summary>
internal sealed class LayerCommit(Daemon daemon, DomainRef guest, MergedLayer layer)
{
    /// <summary>VIR_DOMAIN_BLOCK_COMMIT_ACTIVE.</summary>
    private const uint Active = 4;

    /// <summary>VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT.</summary>
    private const uint Pivot = 2;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(WorkContext context, CancellationToken cancellationToken)
    {
        var (top, inChain) = await LookAsync(cancellationToken).ConfigureAwait(false);
        if (!inChain)
            return;
        try
        {
            await daemon.Client.DomainBlockCommitAsync(guest, layer.Target, layer.Base, layer.Top, 0, top ? Active : 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.BlockCopyActive)
        {
            // Begun before we were interrupted: it is waited for.
        }
        while (await daemon.Client.DomainGetBlockJobInfoAsync(guest, layer.Target, 0, cancellationToken).ConfigureAwait(false) is { Found: true } job)
        {
            if (job.End > 0)
                context.Progress.Report(Math.Clamp((double)job.Cur / job.End, 0, 0.99));
            if (!top || job.Cur != job.End || !await TryPivotAsync(cancellationToken).ConfigureAwait(false))
                await Task.Delay(Poll, daemon.Time, cancellationToken).ConfigureAwait(false);
        }
        if ((await LookAsync(cancellationToken).ConfigureAwait(false)).InChain)
            throw new ProviderException(ProviderError.ProviderFault, $"QEMU ended the commit of {layer.Top} and the disk {layer.Target} of '{guest.Name}' still lies upon it: read the guest's log on {daemon.Host.Hostname} (is there space left?).");
    }

    private async Task<bool> TryPivotAsync(CancellationToken cancellationToken)
    {
        try
        {
            await daemon.Client.DomainBlockJobAbortAsync(guest, layer.Target, Pivot, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.BlockCopyActive)
        {
            return false; // It has copied all and is not ready yet.
        }
    }

    private async Task<(bool Top, bool InChain)> LookAsync(CancellationToken cancellationToken)
    {
        var description = DomainReader.Read(await daemon.XmlAsync(guest, 0, cancellationToken).ConfigureAwait(false), guest.Name);
        var top = description.Disks.Any(d => d.Name == layer.Target && d.Source == layer.Top);
        return (top, top || description.BackingFiles.Contains(layer.Top));
    }
}

/// <summary>Snapshots whose file was committed into another are about that one from now on.</summary>
internal sealed class RelinkSnapshotsStep(Daemon daemon) : StepKind
{
    public const string Kind = "relink-snapshots";

    /// <summary>VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE, _CURRENT.</summary>
    internal const uint Redefine = 1;

    internal const uint Current = 2;

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        foreach (var (name, xml) in await OutdatedAsync(step, guest, cancellationToken).ConfigureAwait(false))
        {
            var doing = $"point the snapshot '{name}' at the merged files";
            var snapshot = await Calls.AskAsync(daemon.Client.DomainSnapshotLookupByNameAsync(guest, name, 0, cancellationToken), doing).ConfigureAwait(false);
            var current = await Calls.AskAsync(daemon.Client.DomainSnapshotIsCurrentAsync(snapshot, 0, cancellationToken), doing).ConfigureAwait(false);
            await Calls.ChangeAsync(daemon.Client.DomainSnapshotCreateXmlAsync(guest, xml, Redefine | (current ? Current : 0), cancellationToken), doing).ConfigureAwait(false);
        }
        daemon.Watch.Touch(guest.Uuid);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return WorkStepState.Unknown;
        return (await OutdatedAsync(step, guest, cancellationToken).ConfigureAwait(false)).Count == 0 ? WorkStepState.Done : WorkStepState.NotDone;
    }

    private async Task<List<(string Name, string Xml)>> OutdatedAsync(StepArguments step, DomainRef guest, CancellationToken cancellationToken)
    {
        var formats = step["formats"].Split('\n');
        var files = MergedLayer.Read(step).Select((l, i) => (l.Top, File: new LayerFile(l.Base, formats[i]))).ToDictionary(f => f.Top, f => f.File, StringComparer.Ordinal);
        var outdated = new List<(string, string)>();
        foreach (var snapshot in await new ExternalSnapshots(daemon).ListAsync(guest, cancellationToken).ConfigureAwait(false))
            if (snapshot.Name != step["snapshot"] && SnapshotLayers.Moved(snapshot.Xml, files) is { } xml)
                outdated.Add((snapshot.Name, xml));
        return outdated;
    }
}

/// <summary>Defines a guest that is off as a snapshot has it, upon new overlays of the snapshot's files.</summary>
internal sealed class ExternalRevertStep(Daemon daemon) : StepKind
{
    public const string Kind = "revert-external";

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        var doing = $"revert '{guest.Name}' to '{step["snapshot"]}'";
        if (guest.Id >= 0)
            throw new ProviderException(ProviderError.Conflict, $"Could not {doing}: somebody started it. Stop it and try again.");
        var held = (await new ExternalSnapshots(daemon).ListAsync(guest, cancellationToken).ConfigureAwait(false)).FirstOrDefault(s => s.Name == step["snapshot"])
            ?? throw new ProviderException(ProviderError.NotFound, $"Could not {doing}: the snapshot is gone.");
        await Calls.ChangeAsync(daemon.Client.DomainDefineXmlFlagsAsync(SnapshotLayers.Reverted(held.Xml, Files(step)), 0, cancellationToken), doing).ConfigureAwait(false);
        // The next snapshot's parent is the one that was reverted to.
        await Calls.ChangeAsync(daemon.Client.DomainSnapshotCreateXmlAsync(guest, held.Xml.ToString(System.Xml.Linq.SaveOptions.DisableFormatting), RelinkSnapshotsStep.Redefine | RelinkSnapshotsStep.Current, cancellationToken), doing).ConfigureAwait(false);
        daemon.Watch.Touch(guest.Uuid);
        daemon.Watch.TouchPlaces();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return WorkStepState.Unknown;
        var description = DomainReader.Read(await daemon.XmlAsync(guest, 0, cancellationToken).ConfigureAwait(false), guest.Name);
        return Files(step).Values.All(f => description.Disks.Any(d => d.Source == f.Path)) ? WorkStepState.Done : WorkStepState.NotDone;
    }

    private static Dictionary<string, LayerFile> Files(StepArguments step) =>
        step["files"].Split('\n').Select(line => line.Split('\t')).ToDictionary(part => part[0], part => new LayerFile(part[1], "qcow2"), StringComparer.Ordinal);
}
