using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>A guest's disk that is a file in a storage pool, so that overlays and copies of it can be made.</summary>
/// <param name="Target">The device in the guest.</param>
/// <param name="Folder">The pool's.</param>
/// <param name="Available">Bytes that are left in its pool.</param>
/// <param name="Capacity">Bytes that the guest sees.</param>
/// <param name="Allocation">Bytes that its own file has, without what lies below it.</param>
internal sealed record FileDisk(string Target, string Path, string Format, VolumeRef Volume, string Folder, long Available, long Capacity, long Allocation)
{
    public SwitchedDisk Switched(string overlay) => new(Target, Path, Format, Volume.Pool, overlay, $"{Folder}/{overlay}", Capacity);
}

internal static class FileDisks
{
    /// <summary>All disks that the guest writes to.</summary>
    /// <param name="daemon">Where it is.</param>
    /// <param name="domain">The guest.</param>
    /// <param name="description">As it is now.</param>
    /// <param name="wanted">What is to be done, to follow 'can be'.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    /// <exception cref="ProviderException">One of them is no such file; says which and why.</exception>
    public static async Task<IReadOnlyList<FileDisk>> RequireAsync(Daemon daemon, DomainRef domain, DomainDescription description, string wanted, CancellationToken cancellationToken)
    {
        var disks = new List<FileDisk>();
        foreach (var disk in description.Disks.Where(d => d is { Device: "disk", ReadOnly: false, Shared: false }))
        {
            if (disk.Source is null || disk.Format is not ("qcow2" or "raw"))
                throw new ProviderException(ProviderError.NotCapable, $"The disk {disk.Name} of '{domain.Name}' is of format {disk.Format ?? "unknown"}: only qcow2 and raw files can be {wanted}.");
            if (await daemon.Storage.FindByPathAsync(disk.Source, cancellationToken).ConfigureAwait(false) is not { } volume)
                throw new ProviderException(ProviderError.NotCapable, $"The disk {disk.Name} of '{domain.Name}' ({disk.Source}) is in no storage pool: define a pool for its folder on {daemon.Host.Hostname} first.");
            var pool = await daemon.Storage.RequireFilePoolAsync(volume.Pool, cancellationToken).ConfigureAwait(false);
            var described = await daemon.Storage.DescribeAsync(volume, cancellationToken).ConfigureAwait(false);
            RawDisks.RequirePlain($"disk {disk.Name} of '{domain.Name}'", disk.Format, described);
            disks.Add(new FileDisk(disk.Name, disk.Source, disk.Format, volume, pool.Description.Path!.TrimEnd('/'), pool.Available, described.Capacity ?? 0, described.Allocation ?? 0));
        }
        return disks.Count > 0 ? disks : throw new ProviderException(ProviderError.NotCapable, $"'{domain.Name}' has no disk that can be {wanted}.");
    }
}
