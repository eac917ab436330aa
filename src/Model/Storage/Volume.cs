namespace Anyvisor.Model;

/// <summary>A disk in a datastore.</summary>
public sealed record Volume : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Volume;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }
    public string? Datastore { get; init; }
    public Presence Presence { get; init; }
    public DateTime? PresenceSince { get; init; }
    public string? Format { get; init; }

    /// <summary>Bytes that a guest sees.</summary>
    public long? Capacity { get; init; }

    /// <summary>Bytes that it takes up.</summary>
    public long? Allocation { get; init; }

    /// <summary>The volume that this one lies over, by path.</summary>
    public string? BackingVolume { get; init; }
    public string? Path { get; init; }
    public DateTime ObservedAt { get; init; }
}
