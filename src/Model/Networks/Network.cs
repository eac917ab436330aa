using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>A segment that guests' nics are on: portgroup, bridge, VSWITCH, virtual Ethernet.</summary>
public sealed record Network : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Network;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }
    public string? Host { get; init; }
    public Presence Presence { get; init; }
    public DateTime? PresenceSince { get; init; }
    public bool Active { get; init; }

    /// <summary>The system's own word: <c>nat</c>, <c>bridge</c>, <c>isolated</c>.</summary>
    public string? Type { get; init; }
    public string? Bridge { get; init; }
    public int? Vlan { get; init; }

    /// <summary>Address ranges in CIDR notation.</summary>
    public ImmutableArray<string> Subnets { get; init; } = [];
    public DateTime ObservedAt { get; init; }
}
