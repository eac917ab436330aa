using System.Collections.Frozen;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>
/// What differs between the hypervisors that libvirt drives, in one place. A verb that is listed here is not possible
/// there at all; what depends on the guest's state is <see cref="GuestVerbs"/>' business.
/// </summary>
internal sealed record HypervisorTraits
{
    /// <summary>As libvirt says it (virConnectGetType).</summary>
    public required string Type { get; init; }

    /// <summary>As people say it.</summary>
    public required string Name { get; init; }

    public GuestKind Kind { get; init; } = GuestKind.Vm;

    /// <summary>The verbs that are lacking, each with the reason for a person.</summary>
    public FrozenDictionary<Verb, string> Lacks { get; init; } = FrozenDictionary<Verb, string>.Empty;

    /// <summary>Whether guests' disks are qcow2 files that overlays can be laid upon.</summary>
    public bool HasOverlays { get; init; }

    /// <summary>Whether guests are made from images here; otherwise others define them.</summary>
    public bool Creates { get; init; }

    /// <summary>Whether a snapshot can hold the memory of a running guest.</summary>
    public bool SnapshotsMemory { get; init; }

    /// <summary>Whether a suspend that fails leaves part of the memory behind, from which the next start would try to go on.</summary>
    public bool LeavesHalfSaved { get; init; }

    /// <summary>The name of the guest that is the host itself, hidden by default.</summary>
    public string? ServiceGuest { get; init; }

    /// <summary>Where nics' addresses are asked for: virDomainInterfaceAddressesSource.</summary>
    public bool HasAgent { get; init; }

    private const string NoSnapshots = "has no snapshots in libvirt.";

    public static HypervisorTraits Of(string type) => type switch
    {
        "QEMU" => Qemu,
        "LXC" => Lxc,
        "Xen" => Xen,
        "TEST" => Test,
        _ => Unfamiliar(type),
    };

    private static HypervisorTraits Qemu { get; } = new()
    {
        Type = "QEMU",
        Name = "QEMU",
        HasOverlays = true,
        Creates = true,
        SnapshotsMemory = true,
        HasAgent = true,
    };

    private static HypervisorTraits Lxc { get; } = new()
    {
        Type = "LXC",
        Name = "LXC",
        Kind = GuestKind.Container,
        Lacks = Table(
            ("LXC in libvirt can't keep a container's memory on disk.", [Verb.Suspend]),
            ("A container has no reset button: reboot it.", [Verb.Reset]),
            ($"LXC {NoSnapshots}", [Verb.SnapshotCreate, Verb.SnapshotRevert, Verb.SnapshotDelete]),
            ("A container's root is a directory of its host, which libvirt can't copy.", [Verb.Clone, Verb.Capture]),
            ("LXC in libvirt can't bring containers to another host.", [Verb.Migrate]),
            ("libvirt's LXC driver can't rename.", [Verb.Rename]),
            ("A container has no screen.", [Verb.ConsoleVnc])
        ),
    };

    private static HypervisorTraits Xen { get; } = new()
    {
        Type = "Xen",
        Name = "Xen",
        ServiceGuest = "Domain-0",
        LeavesHalfSaved = true,
        Lacks = Table(
            ($"Xen {NoSnapshots}", [Verb.SnapshotCreate, Verb.SnapshotRevert, Verb.SnapshotDelete]),
            ("libvirt's Xen driver has no reset: reboot it, or stop and start it.", [Verb.Reset]),
            ("Linked and copied disks are made for QEMU guests only so far.", [Verb.Clone, Verb.Capture]),
            ("libvirt's Xen driver can't rename.", [Verb.Rename]),
            ("Migration has not been proven with libvirt's Xen driver: use its own tools.", [Verb.Migrate])
        ),
    };

    private static HypervisorTraits Test { get; } = new()
    {
        Type = "TEST",
        Name = "test",
        SnapshotsMemory = true,
        Lacks = Table(
            ("libvirt's test driver has no disks to copy.", [Verb.Clone, Verb.Capture]),
            ("libvirt's test driver can't bring guests to another host.", [Verb.Migrate]),
            ("libvirt's test driver has no consoles.", [Verb.ConsoleSerial, Verb.ConsoleVnc])
        ),
    };

    // VirtualBox, bhyve, VMware Workstation and what may come: the common calls, and the daemon's own refusals.
    private static HypervisorTraits Unfamiliar(string type) => new()
    {
        Type = type,
        Name = type,
        Lacks = Table(
            ($"Cloning has not been proven with libvirt's {type} driver.", [Verb.Clone, Verb.Capture]),
            ($"Migration has not been proven with libvirt's {type} driver.", [Verb.Migrate])
        ),
    };

    private static FrozenDictionary<Verb, string> Table(params ReadOnlySpan<(string Reason, Verb[] Verbs)> rows)
    {
        var lacks = new Dictionary<Verb, string>();
        foreach (var (reason, verbs) in rows)
            foreach (var verb in verbs)
                lacks[verb] = reason;
        return lacks.ToFrozenDictionary();
    }
}
