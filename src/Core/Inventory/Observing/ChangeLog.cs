using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>An object that changed, and how it was before; null when it was not there.</summary>
internal readonly record struct ObjectChange(ObjectKind Kind, IInventoryObject? Before);

/// <summary>
/// What changed since it was last told: for each object how it was before, however often it changed since. Guests have
/// two lanes: what a listing or a lost connection changes by the hundred thousand is taken in portions, so that it
/// holds up neither what happens meanwhile nor the store.
/// </summary>
internal sealed class ChangeLog
{
    private readonly Lock _gate = new();
    private Dictionary<ObjectId, byte[]?> _guests = [];
    private Dictionary<ObjectId, byte[]?> _bulk = [];

    /// <summary>The order of <see cref="_bulk"/>; what has left that for the other lane is passed over.</summary>
    private Queue<ObjectId> _bulkOrder = new();
    private Dictionary<ObjectId, ObjectChange> _objects = [];
    private Queue<ObjectId> _objectOrder = new();
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

    /// <summary>What may wait and is still to be told.</summary>
    internal int Bulk
    {
        get
        {
            lock (_gate)
                return _bulk.Count + _objects.Count;
        }
    }

    /// <param name="id">Which guest.</param>
    /// <param name="before">Its row before this change; null when it was not there.</param>
    /// <param name="bulk">Whether it is one of very many and may wait.</param>
    internal void Guest(ObjectId id, byte[]? before, bool bulk)
    {
        lock (_gate)
        {
            if (_bulk.TryGetValue(id, out var earlier))
            {
                if (bulk)
                    return;
                _bulk.Remove(id);
                _guests.Add(id, earlier);
            }
            else if (!bulk || _guests.ContainsKey(id))
                _guests.TryAdd(id, before);
            else
            {
                _bulk.Add(id, before);
                _bulkOrder.Enqueue(id);
            }
            _signal.TrySetResult();
        }
    }

    internal void Object(ObjectKind kind, ObjectId id, IInventoryObject? before)
    {
        lock (_gate)
        {
            if (_objects.TryAdd(id, new ObjectChange(kind, before)))
                _objectOrder.Enqueue(id);
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

    /// <param name="mostBulk">At most so many guests of the slow lane and so many other objects; the rest stays for the next time.</param>
    internal (Dictionary<ObjectId, byte[]?> Guests, Dictionary<ObjectId, ObjectChange> Objects, List<Event> Notices) Take(int mostBulk)
    {
        lock (_gate)
        {
            var taken = (_guests, Objects: new Dictionary<ObjectId, ObjectChange>(), _notices);
            (_guests, _notices) = ([], []);
            for (var i = 0; i < mostBulk && _bulkOrder.TryDequeue(out var id); i++)
                if (_bulk.Remove(id, out var before))
                    taken._guests.Add(id, before);
            for (var i = 0; i < mostBulk && _objectOrder.TryDequeue(out var id); i++)
                if (_objects.Remove(id, out var change))
                    taken.Objects.Add(id, change);
            if (_bulk.Count > 0 || _objects.Count > 0)
                return taken;
            // New ones: what a million guests made large is not kept large.
            (_bulk, _bulkOrder, _objects, _objectOrder) = ([], new Queue<ObjectId>(), [], new Queue<ObjectId>());
            if (_signal.Task.IsCompleted && _identities.Count == 0)
                _signal = NewSignal();
            return taken;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
