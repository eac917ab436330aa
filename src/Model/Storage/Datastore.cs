namespace Anyvisor.Model;

/// <summary>A place for disks.</summary>
public sealed record Datastore : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Datastore;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }
    public string? Host { get; init; }
    public Presence Presence { get; init; }
    public DateTime? PresenceSince { get; init; }

    /// <summary>The system's own type: <c>dir</c>, <c>nfs</c>, <c>vmfs</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The system's own word for its state.</summary>
    public string? State { get; init; }

    /// <summary>Whether disks on it can be used now.</summary>
    public bool Active { get; init; }

    /// <summary>Bytes in all.</summary>
    public long? Capacity { get; init; }

    /// <summary>Bytes still free.</summary>
    public long? Available { get; init; }

    /// <summary>Where it is, in the system's notation.</summary>
    public string? Location { get; init; }
    public DateTime ObservedAt { get; init; }
}
