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
        var others = await PathsOfOthersAsync(guest, cancellationToken).ConfigureAwait(false);
        var volumes = await VolumesAsync(cancellationToken).ConfigureAwait(false);
        var own = new List<(string Pool, string Volume)>();
        var ownPaths = new HashSet<string>(StringComparer.Ordinal);
        var kept = new List<string>();
        var heads = description.Disks.Where(IsOfGuest).Select(d => d.Source).OfType<string>().ToList();
        // Snapshots that the guest went back behind have files that it does not lie upon any more.
        foreach (var head in heads.Concat(await FilesOfSnapshotsAsync(guest, cancellationToken).ConfigureAwait(false)))
        {
            var path = head;
            var top = heads.Contains(head);
            while (path.Length > 0 && volumes.TryGetValue(path, out var volume))
            {
                if (WhyNot(path, volume, top, others, volumes, ownPaths) is { } why)
                {
                    if (top)
                        kept.Add($"{path} {why}");
                    break;
                }
                if (ownPaths.Add(path))
                    own.Add((volume.Ref.Pool, volume.Ref.Name));
                path = volume.Description.Backing ?? "";
                top = false;
            }
            if (top && path.Length > 0 && !volumes.ContainsKey(path))
                kept.Add($"{path} is in no storage pool");
        }
        return (own, kept);
    }

    private static bool IsOfGuest(Disk disk) => disk is { Device: "disk", Shared: false } || disk.Source?.EndsWith("-seed.iso", StringComparison.Ordinal) is true;

    private async Task<IEnumerable<string>> FilesOfSnapshotsAsync(DomainRef guest, CancellationToken cancellationToken) =>
        daemon.Host.Traits.Lacks.ContainsKey(Verb.SnapshotCreate)
            ? []
            : (await new ExternalSnapshots(daemon).ListAsync(guest, cancellationToken).ConfigureAwait(false)).SelectMany(s => s.Layers).Select(l => l.Base);

    private string? WhyNot(string path, KnownVolume volume, bool top, HashSet<string> others, Dictionary<string, KnownVolume> volumes, HashSet<string> own)
    {
        if (volume.Ref.Pool == daemon.Settings.ImagePool)
            return "is an image";
        if (others.Contains(path))
            return "is used by another guest";
        if (volumes.Any(v => v.Value.Description.Backing == path && !own.Contains(v.Key)))
            return "has overlays upon it";
        // Below the top only what a clone left there: other bases may be somebody's template.
        return top || volume.Ref.Pool == daemon.Settings.DiskPool ? null : "is a base that others may use";
    }

    public async Task<HashSet<string>> PathsOfOthersAsync(DomainRef guest, CancellationToken cancellationToken)
    {
        var all = await Calls.AskAsync(daemon.Client.ListDomainsAsync(cancellationToken), "list the guests").ConfigureAwait(false);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        await Parallel
            .ForEachAsync(
                all.Domains.Where(d => d.Uuid != guest.Uuid),
                new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
                async (other, token) =>
                {
                    if (await DescribeAsync(other, token).ConfigureAwait(false) is not { } description)
                        return;
                    lock (paths)
                        paths.UnionWith(description.Disks.Select(d => d.Source).OfType<string>().Concat(description.BackingFiles));
                }
            )
            .ConfigureAwait(false);
        return paths;
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
    public async Task<Dictionary<string, KnownVolume>> VolumesAsync(CancellationToken cancellationToken)
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
                        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
                        {
                            return; // Gone since it was listed.
                        }
                    }
                )
                .ConfigureAwait(false);
        return volumes;
    }
}

/// <summary>A volume and what its XML says.</summary>
internal sealed record KnownVolume(VolumeRef Ref, VolumeDescription Description);
