using System.Collections.Immutable;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>A snapshot that libvirt holds, with its XML.</summary>
internal sealed record HeldSnapshot(string Name, XElement Xml)
{
    public ImmutableArray<SnapshotLayer> Layers { get; } = SnapshotLayers.Of(Xml);
}

/// <summary>
/// Lays out work on snapshots beside the disks: the guest goes on upon overlays. libvirt 9.0 takes them and can neither
/// revert to them nor delete their files, so both are done here step by step: a revert lays new overlays upon the
/// snapshot's files, a deletion commits the overlay into the file below it.
/// </summary>
internal sealed class ExternalSnapshots(Daemon daemon)
{
    /// <summary>VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY, _REUSE_EXT, _ATOMIC.</summary>
    private const uint DisksAlone = 16 | 32 | 128;

    /// <summary>VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE.</summary>
    private const uint Quiesce = 64;

    /// <summary>VIR_DOMAIN_SNAPSHOT_XML_SECURE: a definition that is to be used again must have its passwords.</summary>
    private const uint Secure = 1;

    public async Task<IReadOnlyList<HeldSnapshot>> ListAsync(DomainRef guest, CancellationToken cancellationToken)
    {
        var doing = $"list the snapshots of '{guest.Name}'";
        var listed = await Calls.AskAsync(daemon.Client.DomainListAllSnapshotsAsync(guest, 0, cancellationToken), doing).ConfigureAwait(false);
        return await Task.WhenAll(
                listed.Select(async s => new HeldSnapshot(
                    s.Name,
                    SafeXml.Parse(await Calls.AskAsync(daemon.Client.DomainSnapshotGetXmlDescAsync(s, Secure, cancellationToken), doing).ConfigureAwait(false), "domainsnapshot", $"the snapshot '{s.Name}'")
                ))
            )
            .ConfigureAwait(false);
    }

    public async Task<WorkPlan> PlanCreateAsync(DomainRef guest, DomainDescription description, string name, CreateSnapshot request, string taskId, CancellationToken cancellationToken)
    {
        if (request.Quiesce && guest.Id >= 0 && !description.AgentConnected)
            throw new ProviderException(ProviderError.Conflict, $"'{guest.Name}' can't be quiesced: no guest agent answers in it. Install and start qemu-guest-agent there, or take the snapshot without --quiesce.");
        var disks = await FileDisks.RequireAsync(daemon, guest, description, "in a snapshot", cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        var overlays = new List<(string Target, string File)>();
        foreach (var disk in disks)
        {
            var volume = $"{guest.Name}-{taskId}-{disk.Target}.qcow2";
            steps.Add(VolumeStep.Overlay("disk-" + disk.Target, $"Create the overlay {volume} in {disk.Volume.Pool}", disk.Volume.Pool, volume, disk.Capacity, "qcow2", disk.Path, disk.Format));
            overlays.Add((disk.Target, $"{disk.Folder}/{volume}"));
        }
        var others = description.Disks.Where(d => d is { Device: not "filesystem", Name.Length: > 0 }).Select(d => d.Name).Except(disks.Select(d => d.Target));
        steps.Add(
            StepArguments.Make(
                "snapshot",
                SnapshotStep.Kind,
                $"Take the snapshot {name} of {guest.Name}",
                ("uuid", guest.Uuid),
                ("name", guest.Name),
                ("snapshot", name),
                ("xml", SnapshotWriter.External(name, request.Description, overlays, others)),
                ("flags", request.Quiesce && guest.Id >= 0 ? DisksAlone | Quiesce : DisksAlone),
                ("was-off", guest.Id < 0 ? "yes" : null),
                ("quiesced", request.Quiesce && guest.Id >= 0 ? "yes" : null),
                ("layers", Layers(disks.Select((d, i) => new MergedLayer(d.Target, d.Path, overlays[i].File))))
            )
        );
        return new WorkPlan
        {
            Steps = steps.ToImmutable(),
            Host = daemon.Host.Hostname,
            Concerns = guest.Id >= 0 && !request.Quiesce
                ? [new Concern("libvirt.crash-consistent", ConcernSeverity.Warning, "As after a power cut", $"{guest.Name} is on and its memory is not kept: to what the snapshot holds, it will have lost power this moment.", description.AgentConnected ? "Take it with --quiesce: the guest's agent answers." : "Run qemu-guest-agent in it and take the snapshot with --quiesce.")]
                : [],
        };
    }

    public async Task<WorkPlan> PlanRevertAsync(DomainRef guest, DomainDescription now, HeldSnapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        await RequireNoSavedMemoryAsync(daemon, guest, cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        var files = new List<string>();
        foreach (var layer in snapshot.Layers)
        {
            if (await daemon.Storage.FindByPathAsync(layer.Base, cancellationToken).ConfigureAwait(false) is not { } held)
                throw new ProviderException(ProviderError.NotFound, $"The file {layer.Base}, which the snapshot '{snapshot.Name}' is about, is gone from {daemon.Host.Hostname}: there is nothing to go back to.");
            var described = await daemon.Storage.DescribeAsync(held, cancellationToken).ConfigureAwait(false);
            var volume = $"{guest.Name}-{taskId}-{layer.Target}.qcow2";
            steps.Add(VolumeStep.Overlay("disk-" + layer.Target, $"Create the overlay {volume} in {held.Pool}", held.Pool, volume, described.Capacity ?? 0, "qcow2", layer.Base, layer.BaseFormat));
            files.Add($"{layer.Base}\t{layer.Base[..layer.Base.LastIndexOf('/')]}/{volume}");
        }
        if (guest.Id >= 0)
            steps.Add(StopStep.For(guest.Uuid, guest.Name));
        (string, object?)[] arguments = [("uuid", guest.Uuid), ("name", guest.Name), ("snapshot", snapshot.Name), ("files", string.Join('\n', files))];
        steps.Add(StepArguments.Make("revert", ExternalRevertStep.Kind, $"Revert {guest.Name} to {snapshot.Name}", arguments) with { PointOfNoReturn = true });
        var left = await AbandonedAsync(guest, now, snapshot, cancellationToken).ConfigureAwait(false);
        if (left.Count > 0)
            steps.Add(DeleteVolumesStep.For(left));
        var concerns = ImmutableArray.CreateBuilder<Concern>();
        concerns.Add(new Concern("libvirt.state-lost", ConcernSeverity.Warning, "The present state is lost", $"What {guest.Name} wrote since {snapshot.Name} is given up. It is off afterwards: the snapshot has its disks and not its memory."));
        if (now.HasNvram)
            concerns.Add(new Concern("libvirt.nvram-stays", ConcernSeverity.Information, "UEFI variables stay", "A snapshot does not hold them: boot entries are as they are now."));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = daemon.Host.Hostname, Concerns = concerns.DrainToImmutable() };
    }

    public async Task<WorkPlan> PlanDeleteAsync(DomainRef guest, DomainDescription now, HeldSnapshot snapshot, CancellationToken cancellationToken)
    {
        foreach (var pool in await PoolsAsync(snapshot, cancellationToken).ConfigureAwait(false))
            await daemon.Storage.RefreshAsync(pool, cancellationToken).ConfigureAwait(false);
        var others = (await ListAsync(guest, cancellationToken).ConfigureAwait(false)).Where(s => s.Name != snapshot.Name).ToList();
        var tree = await new OwnDisks(daemon).TreeAsync(guest, now, [.. others, snapshot], cancellationToken).ConfigureAwait(false);
        var heads = now.Disks.Where(d => d.Source is not null).Select(d => (d.Name, d.Source!)).ToList();
        var (merged, gone, stays) = LayerDeletion.Plan(tree, heads, Chain(tree, now), snapshot.Layers, [.. others.SelectMany(s => s.Layers)], daemon.Settings.DiskPool);
        if (merged.Count > 0)
            await RequireNoSavedMemoryAsync(daemon, guest, cancellationToken).ConfigureAwait(false);
        (string, object?)[] arguments = [("uuid", guest.Uuid), ("name", guest.Name), ("snapshot", snapshot.Name)];
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        if (merged.Count > 0)
        {
            (string, object?)[] layers = [.. arguments, ("layers", Layers(merged)), ("formats", string.Join('\n', merged.Select(m => snapshot.Layers.First(l => l.Target == m.Target).BaseFormat))), ("was-off", guest.Id < 0 ? "yes" : null)];
            steps.Add(StepArguments.Make("merge", MergeLayersStep.Kind, $"Commit what {guest.Name} wrote since {snapshot.Name}", layers) with { Weight = 10, PointOfNoReturn = true });
            steps.Add(StepArguments.Make("relink", RelinkSnapshotsStep.Kind, "Point later snapshots at the merged files", layers) with { Weight = 0.1, PointOfNoReturn = true });
        }
        steps.Add(StepArguments.Make("delete", SnapshotDeleteStep.Kind, $"Delete the snapshot {snapshot.Name} of {guest.Name}", [.. arguments, ("flags", SnapshotDeleteStep.MetadataOnly)]) with { PointOfNoReturn = true });
        if (gone.Count > 0)
            steps.Add(DeleteVolumesStep.For(gone.Select(path => tree.Find(path)!.Ref).Select(v => (v.Pool, v.Name))));
        return new WorkPlan
        {
            Steps = steps.ToImmutable(),
            Host = daemon.Host.Hostname,
            Concerns = [.. stays.Select(path => new Concern("libvirt.layer-stays", ConcernSeverity.Information, "A file stays", $"{path} stays, for other disks lie upon it or may do so. Only the snapshot is forgotten."))],
        };
    }

    /// <summary>The files on top now, and below them, that no snapshot is about and nothing else lies upon: a revert leaves them to nobody.</summary>
    private async Task<List<(string Pool, string Volume)>> AbandonedAsync(DomainRef guest, DomainDescription now, HeldSnapshot target, CancellationToken cancellationToken)
    {
        var snapshots = await ListAsync(guest, cancellationToken).ConfigureAwait(false);
        var tree = await new OwnDisks(daemon).TreeAsync(guest, now, snapshots, cancellationToken).ConfigureAwait(false);
        var targets = target.Layers.Select(l => l.Target).ToHashSet(StringComparer.Ordinal);
        var (left, stay) = (now.Disks.Where(d => targets.Contains(d.Name)), now.Disks.Where(d => !targets.Contains(d.Name)));
        var needed = snapshots.SelectMany(s => s.Layers).Select(l => l.Base).ToHashSet(StringComparer.Ordinal);
        needed.UnionWith(target.Layers.Select(l => l.Base).Concat(stay.Select(d => d.Source).OfType<string>()).SelectMany(tree.Below));
        return [.. tree.Freed(left.Select(d => d.Source).OfType<string>(), needed, daemon.Settings.DiskPool).Select(path => tree.Find(path)!.Ref).Select(v => (v.Pool, v.Name))];
    }

    /// <summary>All files that the guest lies upon. While it is on, QEMU tells more than the pools know.</summary>
    internal static HashSet<string> Chain(LayerTree tree, DomainDescription now) =>
        now.Disks.Select(d => d.Source).OfType<string>().SelectMany(tree.Below).Concat(now.BackingFiles).ToHashSet(StringComparer.Ordinal);

    /// <summary>Starting a guest takes its saved memory away, even if it is stopped at once.</summary>
    internal static async Task RequireNoSavedMemoryAsync(Daemon daemon, DomainRef guest, CancellationToken cancellationToken)
    {
        if (await Calls.AskAsync(daemon.Client.DomainHasManagedSaveImageAsync(guest, 0, cancellationToken), $"read guest '{guest.Name}'").ConfigureAwait(false))
            throw new ProviderException(ProviderError.Conflict, $"The memory of '{guest.Name}' is saved and belongs to its disks as they are: resume it first.");
    }

    private async Task<HashSet<string>> PoolsAsync(HeldSnapshot snapshot, CancellationToken cancellationToken)
    {
        var pools = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in snapshot.Layers)
            if (await daemon.Storage.FindByPathAsync(layer.Base, cancellationToken).ConfigureAwait(false) is { } volume)
                pools.Add(volume.Pool);
        return pools;
    }

    private static string Layers(IEnumerable<MergedLayer> layers) => string.Join('\n', layers.Select(l => l.Write()));
}
