using System.Collections.Immutable;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>What we hold of a guest between two looks at it. Replaced whole, never changed.</summary>
internal sealed record KnownGuest
{
    /// <summary>Name, UUID and, while it is on, its id.</summary>
    public required DomainRef Ref { get; init; }
    public required int State { get; init; }
    public required int Reason { get; init; }
    public bool ManagedSave { get; init; }
    public bool Persistent { get; init; } = true;

    /// <summary>Null when its XML could not be read.</summary>
    public DomainDescription? Description { get; init; }

    /// <summary>Tells whether the XML changed, without keeping it.</summary>
    public UInt128 XmlHash { get; init; }
    public DateTime XmlReadAt { get; init; }
    public required Guest Guest { get; init; }
    public required GuestFacts Facts { get; init; }
    public ImmutableArray<Snapshot> Snapshots { get; init; } = [];

    public bool Active => Ref.Id >= 0;
}
