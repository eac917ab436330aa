namespace Anyvisor.Model;

/// <summary>Hosts that share placement.</summary>
public sealed record Cluster : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Cluster;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }
    public Presence Presence { get; init; }
    public DateTime? PresenceSince { get; init; }
    public DateTime ObservedAt { get; init; }
}
