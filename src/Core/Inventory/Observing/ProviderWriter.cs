using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Records;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>
/// Takes in one provider's observations. It decides what is missing: only a listing that came whole says that
/// something is absent, only the second in a row makes it missing, and a listing that lost an implausible share of the
/// guests says nothing until a person confirms it.
/// </summary>
internal sealed partial class ProviderWriter(string provider, Estate estate)
{
    private readonly Lock _gate = new();
    private readonly GuestShelf _shelf = estate.Guests.Shelf(provider);
    private readonly Dictionary<ObjectId, (ObjectKind Kind, byte Seen, byte Absences)> _marks = [];
    private readonly Dictionary<ObjectId, Concern> _duplicates = [];
    private Listing? _listing;
    private byte _generation;
    private SuspiciousDrop? _suspicion;
    private bool _silent;

    /// <summary>All guests change at once: there is no hurry to tell of each.</summary>
    private bool _sweeping;

    internal string Provider { get; } = provider;

    internal SuspiciousDrop? Suspicion => Volatile.Read(ref _suspicion);

    internal int Guests => _shelf.Count;

    internal ApplyResult Apply(IReadOnlyList<Change> batch)
    {
        lock (_gate)
        {
            var (changed, completed) = (0, false);
            foreach (var change in batch)
                switch (change)
                {
                    case Seen { Object: Guest guest } seen:
                        changed += See(guest, seen.Native);
                        break;
                    case Seen seen:
                        changed += See(seen.Object, seen.Native);
                        break;
                    case GuestStateSeen state:
                        changed += See(state);
                        break;
                    case Gone gone:
                        changed += Lose(gone);
                        break;
                    case Notice notice:
                        Tell(notice);
                        break;
                    case Heartbeat:
                        changed += GoOn();
                        break;
                    case SnapshotBegin begin:
                        _listing = new Listing(NextGeneration(), begin.Kinds);
                        break;
                    case SnapshotComplete when _listing is { } listing:
                        changed += Complete(listing);
                        _listing = null;
                        completed = true;
                        break;
                }
            return new ApplyResult(changed, completed, _suspicion);
        }
    }

    internal int MarkUnreachable(DateTime since)
    {
        lock (_gate)
        {
            // A listing that broke off makes nothing missing.
            _listing = null;
            _silent = true;
            return SetPresence(Presence.Present, Presence.Unreachable, since);
        }
    }

    /// <summary>A new line is up: what it shows is present again as it is seen.</summary>
    internal void MarkReachable()
    {
        lock (_gate)
        {
            _listing = null;
            _silent = false;
        }
    }

    /// <summary>
    /// A line that was silent and did not break goes on: its events were not lost, so what was shown still holds.
    /// </summary>
    private int GoOn()
    {
        if (!_silent)
            return 0;
        _silent = false;
        return SetPresence(Presence.Unreachable, Presence.Present, null);
    }

    /// <summary>Takes in a guest's row as it was stored.</summary>
    internal void Load(byte[] row, DateTime observedAt, bool isMissing)
    {
        lock (_gate)
        {
            var slot = estate.Guests.Add(_shelf, row, observedAt, default);
            if (isMissing)
                MarkOf(slot) = (0, 2);
        }
    }

    internal void Load(RecordTable table, IInventoryObject item)
    {
        lock (_gate)
        {
            table.Put(item);
            _marks[item.Id] = (table.Kind, 0, 0);
        }
    }

    internal void Forget()
    {
        lock (_gate)
        {
            _sweeping = true;
            foreach (var slot in LiveSlots().ToList())
                RemoveGuest(slot);
            foreach (var (id, mark) in _marks.ToList())
                RemoveRecord(mark.Kind, id);
        }
    }

    /// <summary>Puts concerns of ours beside those of the driver on a guest.</summary>
    internal void SetConcerns(ObjectId id, Func<ImmutableArray<Concern>, ImmutableArray<Concern>> change) =>
        Change(id, guest => guest with { Concerns = change(guest.Concerns) });

    /// <summary>Shows tags that we keep for the guest.</summary>
    internal void SetTags(ObjectId id, ImmutableDictionary<string, string> tags) => Change(id, guest => guest with { Tags = tags });

    private void Change(ObjectId id, Func<Guest, Guest> change)
    {
        lock (_gate)
        {
            var slot = estate.Guests.Find(id);
            if (slot < 0 || estate.Guests.Read(slot) is not { } guest)
                return;
            var mark = MarkOf(slot);
            Put(change(guest), slot);
            // What we find out is no sight of the guest.
            MarkOf(estate.Guests.Find(id)) = mark;
        }
    }

    /// <summary>Removes what has been missing since before the given moment.</summary>
    internal int RemoveMissing(DateTime before)
    {
        lock (_gate)
        {
            var old = LiveSlots()
                .Where(slot => WordAt(slot, WordColumn.Presence) == (byte)Presence.Missing && estate.Guests.Read(slot)!.PresenceSince < before)
                .ToList();
            foreach (var slot in old)
                RemoveGuest(slot);
            var hosts = estate.Records.Hosts.All.Where(h => h.Provider == Provider && h.Presence == Presence.Missing && h.PresenceSince < before).ToList();
            foreach (var host in hosts)
                RemoveRecord(ObjectKind.Host, host.Id);
            return old.Count + hosts.Count;
        }
    }

    /// <summary>Takes no lock: whoever asks how providers are does not wait for one that lists a million guests.</summary>
    internal int CountMissing()
    {
        var missing = 0;
        foreach (var chunk in estate.Guests.Chunks)
            if (chunk.Provider == Provider && chunk.Words[(int)WordColumn.Presence].AsSpan(0, chunk.Used).Contains((byte)Presence.Missing))
                for (var place = 0; place < chunk.Used; place++)
                    if (chunk.Words[(int)WordColumn.Presence][place] == (byte)Presence.Missing && chunk.IsLive(place))
                        missing++;
        return missing;
    }

    private int See(Guest guest, ReadOnlyMemory<byte> native)
    {
        if (_listing is { } listing && listing.Gone.TryGetValue(guest.Id, out var gone) && guest.ObservedAt <= gone)
            return 0;
        if (guest.Power == PowerState.Unknown && guest.Raw.Length > 0)
            estate.Words.Note(Provider, guest.Raw);
        var slot = estate.Guests.Find(guest.Id);
        Guest? known = null;
        if (slot >= 0)
        {
            if (IsSecondSight(slot, guest))
                return 0;
            known = NeedsMerge(slot) ? estate.Guests.Read(slot) : null;
        }
        var merged = Merge(guest, known);
        if (estate.Tags.Of(Provider, guest.Id) is { } tags)
            merged = merged with { Tags = tags };
        var changed = Put(merged, slot);
        if (!native.IsEmpty)
            estate.Natives.Note(new NativeDocument(guest.Id, guest.ObservedAt, native));
        return changed;
    }

    private int See(GuestStateSeen state)
    {
        var slot = estate.Guests.Find(ObjectId.Derive(ObjectKind.Guest, Provider, state.Guest));
        if (slot < 0 || estate.Guests.Read(slot) is not { } known)
            return 0;
        if (state.Power == PowerState.Unknown && state.Raw.Length > 0)
            estate.Words.Note(Provider, state.Raw);
        return Put(
            known with
            {
                Power = state.Power,
                Transition = state.Transition,
                Raw = state.Raw,
                Source = state.Source,
                ObservedAt = state.ObservedAt,
                Presence = Presence.Present,
                PresenceSince = null,
            },
            slot
        );
    }

    private int See(IInventoryObject item, ReadOnlyMemory<byte> native)
    {
        if (KindOf(item) is not { } kind || estate.Records.Of(kind) is not { } table)
            return 0;
        if (_listing is { } listing && listing.Gone.TryGetValue(item.Id, out var gone) && item.ObservedAt <= gone)
            return 0;
        var before = table.Find(item.Id);
        var changed = table.Put(table.WithPresence(item, Presence.Present, null));
        if (changed)
            estate.Changes.Object(kind, item.Id, before);
        _marks[item.Id] = (kind, _generation, 0);
        if (!native.IsEmpty)
            estate.Natives.Note(new NativeDocument(item.Id, item.ObservedAt, native));
        return changed ? 1 : 0;
    }

    /// <summary>An explicit word of the system that something is gone is believed at once.</summary>
    private int Lose(Gone gone)
    {
        var id = ObjectId.Derive(gone.Kind, Provider, gone.NativeId);
        _listing?.Gone.TryAdd(id, estate.Now);
        if (gone.Kind != ObjectKind.Guest)
            return RemoveRecord(gone.Kind, id);
        var slot = estate.Guests.Find(id);
        if (slot < 0)
            return 0;
        RemoveGuest(slot);
        return 1;
    }

    private void Tell(Notice notice)
    {
        var id = notice.NativeId is { } native ? ObjectId.Derive(notice.Kind, Provider, native) : (ObjectId?)null;
        estate.Changes.Notice(
            new Event
            {
                Sequence = 0,
                At = default,
                Kind = EventKind.Notice,
                Subject = id is null ? "provider" : Filters.Words<ObjectKind>.Of(notice.Kind),
                SubjectId = id?.ToString() ?? Provider,
                SubjectName = id is { } known ? NameOf(notice.Kind, known) : Provider,
                Provider = Provider,
                Text = notice.Text,
            }
        );
    }

    private string? NameOf(ObjectKind kind, ObjectId id)
    {
        if (kind != ObjectKind.Guest)
            return estate.Records.Of(kind)?.Find(id)?.Name;
        var slot = estate.Guests.Find(id);
        return slot < 0 ? null : estate.Guests.Read(slot)?.Name;
    }

    /// <summary>The driver says what the system says; project, presence and concerns of ours are kept beside it.</summary>
    private static Guest Merge(Guest seen, Guest? known)
    {
        var merged = seen with { Presence = Presence.Present, PresenceSince = null, Actions = null };
        if (known is null)
            return merged;
        var ours = known.Concerns.Where(c => c.Id.StartsWith(InventoryConcerns.Prefix, StringComparison.Ordinal)).ToImmutableArray();
        return merged with { Project = merged.Project ?? known.Project, Concerns = ours.IsEmpty ? merged.Concerns : merged.Concerns.AddRange(ours) };
    }

    /// <summary>Whether the row may hold something that is ours; most don't, and then it need not be read.</summary>
    private bool NeedsMerge(int slot)
    {
        var (chunk, place) = (estate.Guests.ChunkOf(slot), GuestTable.PlaceOf(slot));
        return chunk.Project[place] != 0 || chunk.Marked[place] != 0;
    }

    private int Put(Guest guest, int slot)
    {
        var outcome = estate.Guests.Put(_shelf, guest, ref slot, out var before);
        MarkOf(slot) = (_generation, 0);
        if (outcome == PutOutcome.Same)
            return 0;
        estate.Changes.Guest(guest.Id, before, _listing is not null || _sweeping);
        // What is known to be seen twice is judged anew with every change: it may have gone to another host.
        var twice = outcome == PutOutcome.Added || estate.Guests.ChunkOf(slot).Marked[GuestTable.PlaceOf(slot)] != 0;
        if (twice && guest.NativeId.TryGetUuid(out var uuid))
            estate.Changes.Identity(uuid);
        return 1;
    }

    private void RemoveGuest(int slot)
    {
        var id = estate.Guests.IdOf(slot);
        var row = estate.Guests.Remove(_shelf, slot);
        _duplicates.Remove(id);
        estate.Natives.Forget(id);
        estate.Tags.Forget(id);
        estate.Changes.Guest(id, row, _sweeping);
        if (GuestRow.UuidOf(row) is { } uuid)
            estate.Changes.Identity(uuid);
    }

    private int RemoveRecord(ObjectKind kind, ObjectId id)
    {
        _marks.Remove(id);
        if (estate.Records.Of(kind)?.Remove(id) is not { } before)
            return 0;
        estate.Natives.Forget(id);
        estate.Changes.Object(kind, id, before);
        return 1;
    }

    private byte NextGeneration()
    {
        // 0 means never seen by a listing.
        _generation = _generation == byte.MaxValue ? (byte)1 : (byte)(_generation + 1);
        return _generation;
    }

    private byte WordAt(int slot, WordColumn column) => estate.Guests.ChunkOf(slot).Words[(int)column][GuestTable.PlaceOf(slot)];

    private ref (byte Seen, byte Absences) MarkOf(int slot) => ref estate.Guests.ChunkOf(slot).Marks[GuestTable.PlaceOf(slot)];

    private IEnumerable<int> LiveSlots()
    {
        foreach (var chunk in _shelf.Chunks)
            for (var place = 0; place < chunk.Used; place++)
                if (chunk.IsLive(place))
                    yield return chunk.SlotOf(place);
    }

    private static ObjectKind? KindOf(IInventoryObject item) =>
        item switch
        {
            Host => ObjectKind.Host,
            Cluster => ObjectKind.Cluster,
            Image => ObjectKind.Image,
            Size => ObjectKind.Size,
            Volume => ObjectKind.Volume,
            Datastore => ObjectKind.Datastore,
            Network => ObjectKind.Network,
            Snapshot => ObjectKind.Snapshot,
            _ => null,
        };
}
