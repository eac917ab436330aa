using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Inventory;

/// <summary>
/// All that is known of all providers, live. Each provider has exactly one writer, which applies what its connection
/// observes; readers take what is there and never wait for a writer, nor a writer for them.
/// </summary>
public sealed class EstateInventory : IDisposable
{
    private readonly RecordTable<Guest> _guests = new(GuestFields.Set);
    private readonly RecordTable<Host> _hosts = new(HostFields.Set);
    private readonly RecordTable<Cluster> _clusters = new(OtherFields.Clusters);
    private readonly RecordTable<Image> _images = new(OtherFields.Images);
    private readonly RecordTable<Size> _sizes = new(OtherFields.Sizes);
    private readonly RecordTable<Volume> _volumes = new(OtherFields.Volumes);
    private readonly RecordTable<Datastore> _datastores = new(OtherFields.Datastores);
    private readonly RecordTable<Network> _networks = new(OtherFields.Networks);
    private readonly RecordTable<Snapshot> _snapshots = new(OtherFields.Snapshots);
    private readonly ConcurrentDictionary<ObjectId, string> _causes = new();
    private readonly ConcurrentDictionary<ObjectId, NativeDocument> _natives = new();
    private readonly ConcurrentDictionary<ObjectId, ImmutableList<HistoryEntry>> _history = new();
    private readonly ConcurrentDictionary<string, SuspiciousDrop> _suspicions = new();
    private readonly TimeProvider _time;

    public EstateInventory(InventoryOptions options, TimeProvider time, ILogger<EstateInventory> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        _time = time;
        Events = new EventFeed(options, time);
    }

    /// <summary>Everything that happens, in order.</summary>
    public EventFeed Events { get; }

    /// <summary>Takes in what a provider's connection observed. Called by that provider's one writer.</summary>
    public ApplyResult Apply(string provider, IReadOnlyList<Change> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (changed, completed) = (0, false);
        foreach (var change in batch)
            switch (change)
            {
                case Seen { Object: Guest guest } seen:
                    changed += Put(guest, seen.Native);
                    break;
                case Seen seen:
                    PutOther(seen.Object);
                    changed++;
                    break;
                case GuestStateSeen state when _guests.Get(ObjectId.Derive(ObjectKind.Guest, provider, state.Guest)) is { } known:
                    changed += Put(
                        known with
                        {
                            Power = state.Power,
                            Transition = state.Transition,
                            Raw = state.Raw,
                            Source = state.Source,
                            ObservedAt = state.ObservedAt,
                        },
                        default
                    );
                    break;
                case Gone gone when _guests.Remove(ObjectId.Derive(gone.Kind, provider, gone.NativeId)) is { } removed:
                    Tell(EventKind.Removed, removed, null);
                    changed++;
                    break;
                case SnapshotComplete:
                    completed = true;
                    break;
            }
        return new ApplyResult(changed, completed, null);
    }

    /// <summary>The provider does not answer: what it showed is the last that was seen.</summary>
    /// <param name="provider">Its name.</param>
    /// <param name="since">When it was last heard, UTC.</param>
    public void MarkUnreachable(string provider, DateTime since)
    {
        foreach (var guest in _guests.All.Where(g => g.Provider == provider && g.Presence == Presence.Present))
            Put(guest with { Presence = Presence.Unreachable, PresenceSince = since }, default);
    }

    /// <summary>The provider answers again. Its objects are present again as they are seen.</summary>
    public void MarkReachable(string provider) => _suspicions.TryRemove(provider, out _);

    /// <summary>A person says that a suspicious drop is true: what the last listing lacked is missing.</summary>
    /// <returns>How many guests are now missing.</returns>
    public int AcceptDrop(string provider) => _suspicions.TryRemove(provider, out var drop) ? drop.Lost : 0;

    /// <summary>The drop that waits for a person; null when there is none.</summary>
    public SuspiciousDrop? Suspicion(string provider) => _suspicions.GetValueOrDefault(provider);

    /// <summary>Drops everything of a provider that was removed.</summary>
    public void Forget(string provider)
    {
        foreach (var guest in _guests.All.Where(g => g.Provider == provider))
            if (_guests.Remove(guest.Id) is not null)
                Tell(EventKind.Removed, guest, null);
    }

    /// <summary>While the result is held, and shortly after, changes of the guest are put down to the task.</summary>
    public IDisposable NoteCause(ObjectId guest, string task)
    {
        _causes[guest] = task;
        return new Cause(() => _causes.TryRemove(guest, out _));
    }

    /// <exception cref="QueryException">The filter, sort, limit or cursor is wrong.</exception>
    public Page<Guest> QueryGuests(ListQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var service = query.IncludeService || GuestFilter.Parse(query.Filter, Now).NamesService;
        return _guests.Query(query, Now, guest => service || !guest.Service);
    }

    /// <summary>A page of any kind of object.</summary>
    /// <exception cref="QueryException">The filter, sort, limit or cursor is wrong.</exception>
    public Page<T> Query<T>(ListQuery query)
        where T : class, IInventoryObject
    {
        ArgumentNullException.ThrowIfNull(query);
        return typeof(T) == typeof(Guest) ? (Page<T>)(object)QueryGuests(query) : Table<T>().Query(query, Now);
    }

    public T? Get<T>(ObjectId id)
        where T : class, IInventoryObject => Table<T>().Get(id);

    /// <summary>What a person's reference stands for: an id, <c>NAME</c> or <c>PROVIDER/NAME</c>.</summary>
    public Resolution<T> Resolve<T>(string reference)
        where T : class, IInventoryObject => Table<T>().Resolve(reference);

    /// <summary>The guest's snapshots, oldest first.</summary>
    public ImmutableArray<Snapshot> Snapshots(ObjectId guest) =>
        [.. _snapshots.All.Where(s => s.Guest == guest).OrderBy(s => s.CreatedAt).ThenBy(s => s.Id)];

    /// <summary>What the system says of the object beyond the common model; null when it said nothing.</summary>
    public Task<NativeDocument?> NativeAsync(ObjectId id, CancellationToken cancellationToken) => Task.FromResult(_natives.GetValueOrDefault(id));

    /// <summary>An object's past, newest first.</summary>
    /// <exception cref="QueryException">The limit or cursor is wrong.</exception>
    public Task<Page<HistoryEntry>> HistoryAsync(ObjectId id, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var all = _history.GetValueOrDefault(id) ?? [];
        return Task.FromResult(new Page<HistoryEntry>([.. all.Reverse().Take(limit)], null, all.Count));
    }

    public InventoryCounts Counts(string provider) =>
        new(
            _guests.All.Count(g => g.Provider == provider),
            _hosts.All.Count(h => h.Provider == provider),
            _guests.All.Count(g => g.Provider == provider && g.Presence == Presence.Missing)
        );

    public void Dispose() => Events.Dispose();

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private int Put(Guest guest, ReadOnlyMemory<byte> native)
    {
        if (!native.IsEmpty)
            _natives[guest.Id] = new NativeDocument(guest.Id, guest.ObservedAt, native);
        var before = _guests.Get(guest.Id);
        _guests.Put(guest);
        Tell(before is null ? EventKind.Added : EventKind.Changed, guest, before);
        return 1;
    }

    private void Tell(EventKind kind, Guest guest, Guest? before)
    {
        var draft = new Event
        {
            Sequence = 0,
            At = default,
            Kind = kind,
            Subject = "guest",
            SubjectId = guest.Id.ToString(),
            SubjectName = guest.Name,
            Provider = guest.Provider,
            Task = _causes.GetValueOrDefault(guest.Id),
            Changes = before is null || before.Power == guest.Power ? [] : [new FieldChange("power", before.Power.ToString(), guest.Power.ToString())],
            Guest = kind == EventKind.Removed ? null : guest,
        };
        var told = Events.Publish([(draft, before ?? guest)])[0].Event;
        var entry = new HistoryEntry(told.Sequence, told.At, kind, told.Changes, told.Task);
        _history.AddOrUpdate(guest.Id, _ => [entry], (_, past) => past.Add(entry));
    }

    private void PutOther(IInventoryObject item)
    {
        switch (item)
        {
            case Host host:
                _hosts.Put(host);
                break;
            case Cluster cluster:
                _clusters.Put(cluster);
                break;
            case Image image:
                _images.Put(image);
                break;
            case Size size:
                _sizes.Put(size);
                break;
            case Volume volume:
                _volumes.Put(volume);
                break;
            case Datastore datastore:
                _datastores.Put(datastore);
                break;
            case Network network:
                _networks.Put(network);
                break;
            case Snapshot snapshot:
                _snapshots.Put(snapshot);
                break;
        }
    }

    private RecordTable<T> Table<T>()
        where T : class, IInventoryObject
    {
        object table =
            typeof(T) == typeof(Guest) ? _guests
            : typeof(T) == typeof(Host) ? _hosts
            : typeof(T) == typeof(Cluster) ? _clusters
            : typeof(T) == typeof(Image) ? _images
            : typeof(T) == typeof(Size) ? _sizes
            : typeof(T) == typeof(Volume) ? _volumes
            : typeof(T) == typeof(Datastore) ? _datastores
            : typeof(T) == typeof(Network) ? _networks
            : _snapshots;
        return (RecordTable<T>)table;
    }

    private sealed class Cause(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
