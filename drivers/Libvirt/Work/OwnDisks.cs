using System.Collections.Concurrent;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>
/// Finds the volumes that belong to a guest alone: no other guest has them, nothing lies upon them, and they are no
/// images. What lies below an own disk goes with it where it was made by us for that purpose.
/// </summary>
internal sealed class OwnDisks(Daemon daemon)
{
    private const int CallsAtOnce = 64;

    /// <returns>Own volumes, those on top before what lies below them; and why others stay.</returns>
    public async Task<(IReadOnlyList<(string Pool, string Volume)> Own, IReadOnlyList<string> Kept)> FindAsync(DomainRef guest, DomainDescription description, CancellationToken cancellationToken)
    {
        var snapshots = await SnapshotsAsync(guest, cancellationToken).ConfigureAwait(false);
        var tree = await TreeAsync(guest, description, snapshots, cancellationToken).ConfigureAwait(false);
        var own = new List<(string Pool, string Volume)>();
        var ownPaths = new HashSet<string>(StringComparer.Ordinal);
        var kept = new List<string>();
        var heads = description.Disks.Where(IsOfGuest).Select(d => d.Source).OfType<string>().Where(path => path.Length > 0).ToList();
        // Snapshots that the guest went back behind have files that it does not lie upon any more.
        foreach (var head in heads.Concat(snapshots.SelectMany(s => s.Layers).Select(l => l.Base)))
        {
            var top = heads.Contains(head);
            foreach (var path in tree.Below(head))
            {
                if (WhyNot(tree, path, top, ownPaths) is { } why)
                {
                    if (top)
                        kept.Add($"{path} {why}");
                    break;
                }
                if (ownPaths.Add(path))
                    own.Add((tree.Find(path)!.Ref.Pool, tree.Find(path)!.Ref.Name));
                top = false;
            }
        }
        return (own, kept);
    }

    /// <summary>All files of the host as they lie upon each other.</summary>
    /// <param name="guest">Whose work it is: the others' files are set apart.</param>
    /// <param name="description">As it is now.</param>
    /// <param name="snapshots">Its snapshots.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task<LayerTree> TreeAsync(DomainRef guest, DomainDescription description, IEnumerable<HeldSnapshot> snapshots, CancellationToken cancellationToken)
    {
        var others = await OthersAsync(guest, cancellationToken).ConfigureAwait(false);
        var volumes = await VolumesAsync(cancellationToken).ConfigureAwait(false);
        var used = others.SelectMany(o => o.Disks.Select(d => d.Source).OfType<string>().Concat(o.BackingFiles)).ToHashSet(StringComparer.Ordinal);
        var defined = others.Append(description).SelectMany(d => d.Disks).Where(d => d.Source is not null).ToLookup(d => d.Format is null or "raw", d => d.Source!);
        var raw = defined[true].Concat(snapshots.SelectMany(s => s.Layers).Where(l => l.BaseFormat == "raw").Select(l => l.Base)).ToHashSet(StringComparer.Ordinal);
        raw.ExceptWith(defined[false]);
        return new LayerTree(volumes, used, raw, daemon.Settings.ImagePool);
    }

    private static bool IsOfGuest(Disk disk) => disk is { Device: "disk", Shared: false } || disk.Source?.EndsWith("-seed.iso", StringComparison.Ordinal) is true;

    private async Task<IReadOnlyList<HeldSnapshot>> SnapshotsAsync(DomainRef guest, CancellationToken cancellationToken) =>
        daemon.Host.Traits.Lacks.ContainsKey(Verb.SnapshotCreate) ? [] : await new ExternalSnapshots(daemon).ListAsync(guest, cancellationToken).ConfigureAwait(false);

    private string? WhyNot(LayerTree tree, string path, bool top, HashSet<string> own)
    {
        if (tree.Find(path) is not { } volume)
            return "is in no storage pool";
        if (tree.IsImage(path))
            return "is an image";
        if (tree.IsOfOthers(path))
            return "is used by another guest";
        if (!tree.IsAlone(path, own))
            return "has overlays upon it";
        // Below the top only what a clone left there: other bases may be somebody's template.
        return top || volume.Ref.Pool == daemon.Settings.DiskPool ? null : "is a base that others may use";
    }

    private async Task<IReadOnlyCollection<DomainDescription>> OthersAsync(DomainRef guest, CancellationToken cancellationToken)
    {
        var all = await Calls.AskAsync(daemon.Client.ListDomainsAsync(cancellationToken), "list the guests").ConfigureAwait(false);
        var others = new ConcurrentBag<DomainDescription>();
        await Parallel
            .ForEachAsync(
                all.Domains.Where(d => d.Uuid != guest.Uuid),
                new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
                async (other, token) =>
                {
                    if (await DescribeAsync(other, token).ConfigureAwait(false) is { } description)
                        others.Add(description);
                }
            )
            .ConfigureAwait(false);
        return others;
    }

    private async Task<DomainDescription?> DescribeAsync(DomainRef guest, CancellationToken cancellationToken)
    {
        try
        {
            return DomainReader.Read(await daemon.Client.DomainGetXmlDescAsync(guest, 0, cancellationToken).ConfigureAwait(false), guest.Name);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
        {
            return null;
        }
        catch (LibvirtException e)
        {
            // A guest that can't be read may use the very disk: then nothing is deleted.
            throw Errors.Translate(e, $"find out which disks guest '{guest.Name}' uses", mutating: false);
        }
    }

    /// <summary>All volumes of all active pools, by path.</summary>
    private async Task<Dictionary<string, KnownVolume>> VolumesAsync(CancellationToken cancellationToken)
    {
        var volumes = new Dictionary<string, KnownVolume>(StringComparer.Ordinal);
        // VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE
        foreach (var pool in await Calls.AskAsync(daemon.Client.ConnectListAllStoragePoolsAsync(2, cancellationToken), "list the storage pools").ConfigureAwait(false))
            await Parallel
                .ForEachAsync(
                    await daemon.Storage.VolumesAsync(pool, cancellationToken).ConfigureAwait(false),
                    new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
                    async (volume, token) =>
                    {
                        try
                        {
                            var description = VolumeDescription.Read(await daemon.Client.StorageVolGetXmlDescAsync(volume, 0, token).ConfigureAwait(false), volume.Name);
                            lock (volumes)
                                volumes[description.Path ?? volume.Key] = new KnownVolume(volume, description);
                        }
                        catch (LibvirtException e) when (Calls.IsMissing(e))
                        {
                            return; // Gone since it was listed.
                        }
                        catch (LibvirtException e)
                        {
                            // One that can't be read may lie upon the very file that is to go.
                            throw Errors.Translate(e, $"read the volume '{volume.Name}'", mutating: false);
                        }
                    }
                )
                .ConfigureAwait(false);
        return volumes;
    }
}
