using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>What a snapshot can be trusted for.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<SnapshotConsistency>))]
public enum SnapshotConsistency : byte
{
    Unknown,

    /// <summary>As after a power cut.</summary>
    Crash,

    /// <summary>File systems and applications were quiesced.</summary>
    Application,

    /// <summary>The memory is in it: reverting goes on where it was taken.</summary>
    Memory,
}

/// <summary>A saved point in a guest's time.</summary>
public sealed record Snapshot : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Snapshot;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }

    /// <summary>The guest it is of.</summary>
    public required ObjectId Guest { get; init; }
    public Presence Presence { get; init; }
    public DateTime? PresenceSince { get; init; }

    /// <summary>The name of the snapshot that this one was taken after.</summary>
    public string? Parent { get; init; }

    /// <summary>Whether the guest's disks go on from this one.</summary>
    public bool Current { get; init; }
    public SnapshotConsistency Consistency { get; init; }

    /// <summary>The guest's power when it was taken.</summary>
    public PowerState Power { get; init; }
    public string? Description { get; init; }
    public DateTime? CreatedAt { get; init; }
    public DateTime ObservedAt { get; init; }
}
