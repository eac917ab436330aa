using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>An object that changed, and how it was before; null when it was not there.</summary>
internal readonly record struct ObjectChange(ObjectKind Kind, IInventoryObject? Before);

/// <summary>What changed since it was last told: for each object how it was before, however often it changed since.</summary>
internal sealed class ChangeLog
{
    private readonly Lock _gate = new();
    private Dictionary<ObjectId, byte[]?> _guests = [];
    private Dictionary<ObjectId, ObjectChange> _objects = [];
    private List<Event> _notices = [];
    private HashSet<Guid> _identities = [];
    private TaskCompletionSource _signal = NewSignal();

    /// <summary>Completed as soon as there is something to tell.</summary>
    internal Task Waiting
    {
        get
        {
            lock (_gate)
                return _signal.Task;
        }
    }

    /// <param name="id">Which guest.</param>
    /// <param name="before">Its row before this change; null when it was not there.</param>
    internal void Guest(ObjectId id, byte[]? before)
    {
        lock (_gate)
        {
            _guests.TryAdd(id, before);
            _signal.TrySetResult();
        }
    }

    internal void Object(ObjectKind kind, ObjectId id, IInventoryObject? before)
    {
        lock (_gate)
        {
            _objects.TryAdd(id, new ObjectChange(kind, before));
            _signal.TrySetResult();
        }
    }

    internal void Notice(Event draft)
    {
        lock (_gate)
        {
            _notices.Add(draft);
            _signal.TrySetResult();
        }
    }

    /// <summary>A guest with this UUID came or went: whether others have it too is looked into.</summary>
    internal void Identity(Guid uuid)
    {
        lock (_gate)
        {
            _identities.Add(uuid);
            _signal.TrySetResult();
        }
    }

    internal HashSet<Guid> TakeIdentities()
    {
        lock (_gate)
        {
            var taken = _identities;
            _identities = [];
            return taken;
        }
    }

    internal (Dictionary<ObjectId, byte[]?> Guests, Dictionary<ObjectId, ObjectChange> Objects, List<Event> Notices) Take()
    {
        lock (_gate)
        {
            var taken = (_guests, _objects, _notices);
            (_guests, _objects, _notices) = ([], [], []);
            if (_signal.Task.IsCompleted && _identities.Count == 0)
                _signal = NewSignal();
            return taken;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
