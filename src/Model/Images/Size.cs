namespace Anyvisor.Model;

/// <summary>A named resource shape: flavor, instance type.</summary>
public sealed record Size : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Size;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }
    public Presence Presence { get; init; }
    public DateTime? PresenceSince { get; init; }
    public int Vcpus { get; init; }

    /// <summary>Bytes.</summary>
    public long Memory { get; init; }

    /// <summary>Bytes of the first disk; null where it is the image's.</summary>
    public long? Disk { get; init; }
    public DateTime ObservedAt { get; init; }
}
