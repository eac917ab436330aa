using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>
/// A managed workload as it was last seen. Immutable; one instance is shared by the inventory and all its readers.
/// Sizes are bytes, times UTC. Kept small: an estate may hold a million.
/// </summary>
public sealed record Guest : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Guest;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }

    /// <summary>The name of the host it is on, if the provider says.</summary>
    public string? Host { get; init; }

    public string? Cluster { get; init; }
    public string? Project { get; init; }
    public GuestKind Kind { get; init; }

    /// <summary>The platform's own guest (VIOS, dom0): hidden unless asked for.</summary>
    public bool Service { get; init; }

    public PowerState Power { get; init; }
    public Transition Transition { get; init; }
    public Lifecycle Lifecycle { get; init; } = Lifecycle.Provisioned;
    public Presence Presence { get; init; }

    /// <summary>Since when <see cref="Presence"/> holds; null while it always has.</summary>
    public DateTime? PresenceSince { get; init; }

    /// <summary>The system's own word for the guest's state, kept as it came.</summary>
    public string Raw { get; init; } = "";

    /// <summary>How the state reached us.</summary>
    public ObservationSource Source { get; init; }

    /// <summary>When the system last said the state, UTC.</summary>
    public DateTime ObservedAt { get; init; }

    public Architecture Arch { get; init; }
    public OperatingSystemInfo Os { get; init; } = OperatingSystemInfo.Unknown;
    public Firmware Firmware { get; init; }
    public Virtualization Virtualization { get; init; }

    /// <summary>The hypervisor's name, as in <c>QEMU</c> or <c>PHYP</c>.</summary>
    public string? Hypervisor { get; init; }

    public int Vcpus { get; init; }
    public Entitlement? Entitlement { get; init; }

    /// <summary>Bytes of memory the guest is set to have now.</summary>
    public long Memory { get; init; }

    public ImmutableArray<Disk> Disks { get; init; } = [];
    public ImmutableArray<Nic> Nics { get; init; } = [];

    /// <summary>Every address of every nic, in the nics' order, each once.</summary>
    public ImmutableArray<string> Addresses => GuestAddresses.Of(Nics);

    public ImmutableDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Names of the images it was made from, where that is known.</summary>
    public ImmutableArray<string> Images { get; init; } = [];

    public string? Description { get; init; }

    public DateTime? CreatedAt { get; init; }
    public ImmutableArray<Concern> Concerns { get; init; } = [];

    /// <summary>Every provider's view, the authority's first, where several show it. Made when the guest is shown; null in the inventory.</summary>
    public ImmutableArray<GuestView>? Views { get; init; }

    /// <summary>For each verb whether the caller can do it now, and why not. Made when the guest is shown; null in the inventory.</summary>
    public ImmutableSortedDictionary<Verb, ActionState>? Actions { get; init; }
}
