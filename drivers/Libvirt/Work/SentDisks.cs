using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>
/// Lays out what goes to the target as files: the disks of a guest that is off, which libvirt does not copy, and the
/// seed disk of any. A disk upon others is made whole first, for what lies below it may be another thing there.
/// </summary>
internal sealed class SentDisks(Daemon from, Daemon to)
{
    private readonly ImmutableArray<WorkStep>.Builder _before = ImmutableArray.CreateBuilder<WorkStep>();
    private readonly List<(string Pool, string Volume)> _sent = [];
    private readonly List<(string Pool, string Volume)> _temporary = [];
    private readonly ImmutableArray<Concern>.Builder _concerns = ImmutableArray.CreateBuilder<Concern>();

    /// <summary>Before the guest goes.</summary>
    public ImmutableArray<WorkStep> Before => _before.ToImmutable();

    /// <summary>When the guest is there.</summary>
    public IEnumerable<WorkStep> After
    {
        get
        {
            if (_sent.Count > 0)
                yield return SentStep.For(_sent);
            if (_temporary.Count > 0)
                yield return DeleteVolumesStep.For(_temporary) with { Name = "copies" };
        }
    }

    public IEnumerable<Concern> Concerns => _concerns;

    /// <param name="guest">The guest.</param>
    /// <param name="description">As it is defined.</param>
    /// <param name="seedAlone">The guest is on: libvirt copies what it writes to.</param>
    /// <param name="taskId">Goes into the names of what is made.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task PlanAsync(DomainRef guest, DomainDescription description, bool seedAlone, string taskId, CancellationToken cancellationToken)
    {
        foreach (var disk in description.Disks.Where(d => d.Source is not null && (d.Device == "cdrom" || (d.Device == "disk" && !seedAlone))))
        {
            if (disk.Device == "cdrom" && await to.Storage.FindByPathAsync(disk.Source!, cancellationToken).ConfigureAwait(false) is not null)
                continue; // An installation disk that both have.
            if (await from.Storage.FindByPathAsync(disk.Source!, cancellationToken).ConfigureAwait(false) is not { } volume)
                throw new ProviderException(ProviderError.NotCapable, $"The disk {disk.Name} of '{guest.Name}' ({disk.Source}) is in no storage pool: define a pool for its folder on {from.Host.Hostname} first.");
            await PlanAsync(guest, disk, volume, taskId, cancellationToken).ConfigureAwait(false);
        }
        if (description.HasNvram && !seedAlone)
            _concerns.Add(new Concern("libvirt.nvram-new", ConcernSeverity.Information, "UEFI variables are made anew", $"libvirt does not bring them along: '{guest.Name}' finds its boot loader by the standard path, or not."));
    }

    private async Task PlanAsync(DomainRef guest, Disk disk, VolumeRef volume, string taskId, CancellationToken cancellationToken)
    {
        var (folder, name) = (Path.GetDirectoryName(disk.Source!)!, Path.GetFileName(disk.Source!));
        if (await Calls.FindAsync(to.Client.StoragePoolLookupByTargetPathAsync(folder, cancellationToken), $"look for a pool at {folder}").ConfigureAwait(false) is not { } pool)
        {
            // For a disk's folder a concern of the migration says so.
            if (disk.Device == "cdrom")
                _concerns.Add(new Concern("libvirt.no-pool-there", ConcernSeverity.Critical, "No pool for a CD there", $"{to.Host.Hostname} has no storage pool at {folder}, where {name} is to go.", "Define and start one there, or eject the CD first."));
            return;
        }
        var described = await from.Storage.DescribeAsync(volume, cancellationToken).ConfigureAwait(false);
        RawDisks.RequirePlain($"disk {disk.Name} of '{guest.Name}'", disk.Format, described);
        var source = (volume.Pool, volume.Name);
        var needed = described.Allocation ?? 0;
        if (described.Backing is not null)
        {
            source = (volume.Pool, $"{guest.Name}-{taskId}-{disk.Name}.whole.qcow2");
            needed = described.Capacity ?? needed;
            _temporary.Add(source);
            _before.Add(VolumeStep.Copy("whole-" + disk.Name, $"Make {name} whole", source.Pool, source.Item2, described.Capacity ?? 0, "qcow2", volume, disk.Format));
        }
        _before.Add(SendVolumeStep.For("send-" + disk.Name, source, pool.Name, name, to.Host.Hostname));
        _sent.Add((pool.Name, name));
        var free = (await to.Storage.FindPoolAsync(pool.Name, cancellationToken).ConfigureAwait(false))?.Available ?? 0;
        if (needed > free)
            _concerns.Add(
                described.Backing is null
                    ? new Concern("libvirt.no-space-there", ConcernSeverity.Critical, "Not enough space there", $"{name} has {Storage.Size(needed)} and the pool '{pool.Name}' of {to.Host.Hostname} has {Storage.Size(free)} left.", "Make room there.")
                    : new Concern("libvirt.little-space-there", ConcernSeverity.Warning, "Perhaps not enough space there", $"{name} can grow to {Storage.Size(needed)} and the pool '{pool.Name}' of {to.Host.Hostname} has {Storage.Size(free)} left.", "Make room there.")
            );
    }
}
