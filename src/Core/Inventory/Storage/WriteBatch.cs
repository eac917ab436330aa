using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Storage;

/// <summary>A guest as the store keeps it; no body means that it is gone.</summary>
internal readonly record struct StoredGuest(string Provider, DateTime ObservedAt, byte[]? Body);

/// <summary>Any other object as the store keeps it; no body means that it is gone.</summary>
internal readonly record struct StoredObject(ObjectKind Kind, string Provider, byte[]? Body);

/// <summary>What waits to be written: of each object only its newest state.</summary>
internal sealed class WriteBatch
{
    internal Dictionary<ObjectId, StoredGuest> Guests { get; } = [];

    internal Dictionary<ObjectId, StoredObject> Objects { get; } = [];

    internal Dictionary<ObjectId, NativeDocument> Natives { get; } = [];

    internal HashSet<ObjectId> NativesGone { get; } = [];

    internal List<Event> History { get; } = [];

    internal bool IsEmpty => Guests.Count == 0 && Objects.Count == 0 && Natives.Count == 0 && NativesGone.Count == 0 && History.Count == 0;

    /// <summary>Puts back what could not be written, behind what has come since.</summary>
    internal void PutBack(WriteBatch failed)
    {
        foreach (var (id, guest) in failed.Guests)
            Guests.TryAdd(id, guest);
        foreach (var (id, item) in failed.Objects)
            Objects.TryAdd(id, item);
        foreach (var (id, native) in failed.Natives)
            Natives.TryAdd(id, native);
        NativesGone.UnionWith(failed.NativesGone);
        History.InsertRange(0, failed.History);
    }
}
