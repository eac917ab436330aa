using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>A graphics device and where it listens.</summary>
/// <param name="Type"><c>vnc</c>, <c>spice</c>.</param>
/// <param name="Address">Where it listens on the host; null for a unix socket or none.</param>
/// <param name="Port">Its TCP port while the guest is on.</param>
/// <param name="Socket">Its unix socket on the host.</param>
internal sealed record Graphics(string Type, string? Address, int? Port, string? Socket);

/// <summary>A nic, and the device by which libvirt's calls name it.</summary>
internal sealed record NicDescription(MacAddress? Mac, string? Network, string? Model, string? Device);

/// <summary>What the driver needs of a guest's XML. The XML itself is edited in place, never made again from this.</summary>
internal sealed record DomainDescription
{
    public required Guid Uuid { get; init; }
    public required string Name { get; init; }

    /// <summary>libvirt's domain type: <c>kvm</c>, <c>qemu</c>, <c>xen</c>, <c>lxc</c>, <c>test</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What starts in it: <c>hvm</c>, <c>linux</c>, <c>xenpvh</c>, <c>exe</c>.</summary>
    public required string OsType { get; init; }
    public string? ArchName { get; init; }
    public string? Machine { get; init; }
    public Firmware Firmware { get; init; }
    public int Vcpus { get; init; }
    public int MaxVcpus { get; init; }

    /// <summary>Bytes the guest is set to have now.</summary>
    public long Memory { get; init; }

    /// <summary>Bytes that it can have without a restart.</summary>
    public long MaxMemory { get; init; }
    public Entitlement? Entitlement { get; init; }
    public ImmutableArray<Disk> Disks { get; init; } = [];

    /// <summary>The top of each disk's backing chain below it, as the live XML shows it: paths.</summary>
    public ImmutableArray<string> BackingFiles { get; init; } = [];
    public ImmutableArray<NicDescription> Nics { get; init; } = [];
    public ImmutableArray<Graphics> Graphics { get; init; } = [];

    /// <summary>Whether it has a serial line or console that streams.</summary>
    public bool HasConsole { get; init; }
    public bool HasAgentChannel { get; init; }

    /// <summary>Whether an agent in the guest holds the channel open now.</summary>
    public bool AgentConnected { get; init; }
    public bool HasNvram { get; init; }
    public OperatingSystemInfo Os { get; init; } = OperatingSystemInfo.Unknown;
    public GuestMarks Marks { get; init; } = GuestMarks.None;

    /// <summary>The task whose revert has begun and not brought the snapshot back yet.</summary>
    public string? RevertMark { get; init; }
    public string? Description { get; init; }

    public Architecture Arch => Mapping.Arch(ArchName);
}
