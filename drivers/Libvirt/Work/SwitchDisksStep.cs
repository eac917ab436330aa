using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>One disk that is to become the common base of a guest and its clone.</summary>
/// <param name="Target">The device in the guest (<c>vda</c>).</param>
/// <param name="Base">The file that both are to lie upon.</param>
/// <param name="Pool">Where the overlay goes.</param>
/// <param name="Overlay">The overlay's name.</param>
/// <param name="Path">The overlay's file.</param>
internal sealed record SwitchedDisk(string Target, string Base, string BaseFormat, string Pool, string Overlay, string Path, long Capacity)
{
    public string Write() => string.Join('\t', Target, Base, BaseFormat, Pool, Overlay, Path, Capacity.ToString(CultureInfo.InvariantCulture));

    public static SwitchedDisk Read(string line)
    {
        var part = line.Split('\t');
        return new SwitchedDisk(part[0], part[1], part[2], part[3], part[4], part[5], long.Parse(part[6], CultureInfo.InvariantCulture));
    }
}

/// <summary>
/// Lets a guest, on or off, go on upon new overlays of its disks, so that what it wrote until now never changes again
/// and can be the base of a clone. All disks switch at one moment.
/// </summary>
internal sealed class SwitchDisksStep(Daemon daemon) : StepKind
{
    public const string Kind = "switch-disks";

    /// <summary>VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA, _DISK_ONLY, _REUSE_EXT, _ATOMIC.</summary>
    private const uint Flags = 4 | 16 | 32 | 128;

    public static WorkStep For(DomainRef guest, IEnumerable<SwitchedDisk> disks) =>
        StepArguments.Make(
            "freeze",
            Kind,
            $"Make what is on the disks of {guest.Name} the common base",
            ("uuid", guest.Uuid),
            ("name", guest.Name),
            ("disks", string.Join('\n', disks.Select(d => d.Write())))
        );

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        var disks = Disks(step);
        var there = await PathsAsync(guest, cancellationToken).ConfigureAwait(false);
        if (disks.All(d => there.GetValueOrDefault(d.Target) == d.Path))
            return;
        if (disks.FirstOrDefault(d => there.GetValueOrDefault(d.Target) != d.Base) is { } moved)
            throw new ProviderException(ProviderError.Conflict, $"The disk {moved.Target} of '{guest.Name}' is not what it was when the work was planned: plan it again.");
        foreach (var disk in disks)
            if (await daemon.Storage.FindVolumeAsync(disk.Pool, disk.Overlay, cancellationToken).ConfigureAwait(false) is null)
                await daemon.Storage.CreateAsync(disk.Pool, disk.Overlay, VolumeWriter.New(disk.Overlay, disk.Capacity, "qcow2", disk.Base, disk.BaseFormat), null, cancellationToken).ConfigureAwait(false);
        var xml = SnapshotWriter.Switch(disks.Select(d => (d.Target, d.Path)), there.Keys.Except(disks.Select(d => d.Target)));
        try
        {
            await Calls.ChangeAsync(daemon.Client.DomainSnapshotCreateXmlAsync(guest, xml, Flags, cancellationToken), $"put overlays on the disks of '{guest.Name}'").ConfigureAwait(false);
        }
        finally
        {
            daemon.Watch.Touch(guest.Uuid);
            daemon.Watch.TouchPlaces();
        }
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } guest)
            return WorkStepState.Unknown;
        var disks = Disks(step);
        var there = await PathsAsync(guest, cancellationToken).ConfigureAwait(false);
        if (disks.All(d => there.GetValueOrDefault(d.Target) == d.Path))
            return WorkStepState.Done;
        foreach (var disk in disks)
            if (await daemon.Storage.FindVolumeAsync(disk.Pool, disk.Overlay, cancellationToken).ConfigureAwait(false) is not null)
                return WorkStepState.Partial;
        return WorkStepState.NotDone;
    }

    /// <summary>Overlays that the guest has not taken go. One that it has taken stays: it may have written to it.</summary>
    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var used = await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is { } guest
            ? (await PathsAsync(guest, cancellationToken).ConfigureAwait(false)).Values.ToHashSet(StringComparer.Ordinal)
            : [];
        foreach (var disk in Disks(step).Where(d => !used.Contains(d.Path)))
            await daemon.Storage.DeleteAsync(disk.Pool, disk.Overlay, cancellationToken).ConfigureAwait(false);
        daemon.Watch.TouchPlaces();
    }

    private static List<SwitchedDisk> Disks(StepArguments step) => [.. step["disks"].Split('\n').Select(SwitchedDisk.Read)];

    private async Task<Dictionary<string, string>> PathsAsync(DomainRef guest, CancellationToken cancellationToken) =>
        DomainReader
            .Read(await daemon.XmlAsync(guest, 0, cancellationToken).ConfigureAwait(false), guest.Name)
            .Disks.Where(d => d is { Device: not "filesystem", Name.Length: > 0 })
            .ToDictionary(d => d.Name, d => d.Source ?? "", StringComparer.Ordinal);
}
