namespace Anyvisor.Model;

/// <summary>What every object of the inventory has, whatever its kind.</summary>
public interface IInventoryObject
{
    static abstract ObjectKind Kind { get; }

    /// <summary>Ours, opaque and stable.</summary>
    ObjectId Id { get; }

    /// <summary>The system's own durable identity.</summary>
    NativeId NativeId { get; }

    /// <summary>The name of the provider that shows it.</summary>
    string Provider { get; }

    string Name { get; }

    Presence Presence { get; }

    /// <summary>When the system last showed it, UTC.</summary>
    DateTime ObservedAt { get; }
}
