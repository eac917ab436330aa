namespace Anyvisor.Model;

/// <summary>What a guest is made from: template, AMI, Glance image, capture.</summary>
public sealed record Image : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Image;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }
    public Presence Presence { get; init; }
    public DateTime? PresenceSince { get; init; }
    public Architecture Arch { get; init; }
    public OperatingSystemInfo Os { get; init; } = OperatingSystemInfo.Unknown;
    public Firmware Firmware { get; init; }

    /// <summary>Disk format in the field's names: <c>qcow2</c>, <c>raw</c>, <c>vmdk</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Bytes that a guest made from it sees; null where the system does not say.</summary>
    public long? Capacity { get; init; }

    /// <summary>Bytes that it takes up.</summary>
    public long? Size { get; init; }
    public string? Datastore { get; init; }
    public string? Description { get; init; }
    public DateTime? CreatedAt { get; init; }
    public DateTime ObservedAt { get; init; }
}
