using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

internal sealed partial class ProviderWriter
{
    private const byte AbsencesToMissing = 2;
    private byte _completed;

    /// <summary>A person says that the drop is true: what the last whole listing lacked is missing now.</summary>
    internal int AcceptDrop()
    {
        lock (_gate)
        {
            if (_suspicion is null)
                return 0;
            Volatile.Write(ref _suspicion, null);
            var lost = LiveSlots().Where(slot => IsAbsent(slot, _completed)).ToList();
            foreach (var slot in lost)
                MarkMissing(slot);
            return lost.Count;
        }
    }

    private int Complete(Listing listing)
    {
        _completed = listing.Generation;
        _silent = false;
        var changed = 0;
        if (listing.Kinds.Contains(ObjectKind.Guest))
        {
            changed += ClearDuplicates(listing);
            changed += CountAbsentGuests(listing);
        }
        foreach (var (id, mark) in _marks.Where(m => m.Value.Seen != listing.Generation && listing.Kinds.Contains(m.Value.Kind)).ToList())
            changed += CountAbsence(id, mark);
        return changed;
    }

    private int CountAbsentGuests(Listing listing)
    {
        var (known, lost) = (0, new List<int>());
        foreach (var slot in LiveSlots())
        {
            if (WordAt(slot, WordColumn.Presence) != (byte)Presence.Missing)
                known++;
            if (IsAbsent(slot, listing.Generation))
                lost.Add(slot);
        }
        if (lost.Count >= estate.Options.SuspiciousCount && lost.Count >= known * estate.Options.SuspiciousShare)
        {
            Volatile.Write(ref _suspicion, new SuspiciousDrop(Provider, known, lost.Count, _suspicion?.Since ?? estate.Now));
            return 0;
        }
        Volatile.Write(ref _suspicion, null);
        var changed = 0;
        foreach (var slot in lost)
        {
            ref var mark = ref MarkOf(slot);
            if (++mark.Absences < AbsencesToMissing)
                continue;
            MarkMissing(slot);
            changed++;
        }
        return changed;
    }

    private bool IsAbsent(int slot, byte generation) =>
        MarkOf(slot).Seen != generation && WordAt(slot, WordColumn.Presence) != (byte)Presence.Missing;

    private void MarkMissing(int slot)
    {
        var mark = MarkOf(slot);
        if (estate.Guests.Read(slot) is not { } guest)
            return;
        Put(guest with { Presence = Presence.Missing, PresenceSince = estate.Now }, slot);
        MarkOf(slot) = (mark.Seen, AbsencesToMissing);
    }

    /// <summary>Hosts become missing as guests do; what belongs to them and has no life of its own is removed.</summary>
    private int CountAbsence(ObjectId id, (ObjectKind Kind, byte Seen, byte Absences) mark)
    {
        var absences = (byte)Math.Min(mark.Absences + 1, AbsencesToMissing);
        _marks[id] = mark with { Absences = absences };
        if (absences < AbsencesToMissing)
            return 0;
        if (mark.Kind != ObjectKind.Host)
            return RemoveRecord(mark.Kind, id);
        var before = estate.Records.Hosts.Get(id);
        if (before is null || before.Presence == Presence.Missing)
            return 0;
        estate.Records.Hosts.Put(before with { Presence = Presence.Missing, PresenceSince = estate.Now });
        estate.Changes.Object(ObjectKind.Host, id, before);
        return 1;
    }

    private int SetPresence(Presence from, Presence to, DateTime? since)
    {
        var slots = LiveSlots().Where(slot => WordAt(slot, WordColumn.Presence) == (byte)from).ToList();
        _sweeping = true;
        foreach (var slot in slots)
        {
            var mark = MarkOf(slot);
            if (estate.Guests.Read(slot) is { } guest)
                Put(guest with { Presence = to, PresenceSince = since }, slot);
            // That a provider answers again is no sight of each of its guests.
            MarkOf(slot) = mark;
        }
        _sweeping = false;
        var changed = slots.Count;
        foreach (var (id, mark) in _marks)
        {
            if (estate.Records.Of(mark.Kind) is not { } table || table.Find(id) is not { } item || item.Presence != from)
                continue;
            table.Put(table.WithPresence(item, to, since));
            estate.Changes.Object(mark.Kind, id, item);
            changed++;
        }
        return changed;
    }

    /// <summary>
    /// Whether a listing shows this guest again as another one. The one that is shown stays, with a concern, for as
    /// long as listings go on showing both: nothing flaps.
    /// </summary>
    private bool IsSecondSight(int slot, Guest seen)
    {
        if (_listing is not { } listing)
            return false;
        var again = MarkOf(slot).Seen == listing.Generation;
        if (!again && !_duplicates.ContainsKey(seen.Id))
            return false;
        var known = estate.Guests.Read(slot);
        if (known is null)
            return false;
        if (known.Name == seen.Name && known.Host == seen.Host)
        {
            if (listing.Deferred.Remove(seen.Id))
                listing.Twice.Add(seen.Id);
            return false;
        }
        if (again)
            listing.Twice.Add(seen.Id);
        if (_duplicates.TryAdd(seen.Id, InventoryConcerns.ListedTwice(known, seen)))
            Put(known with { Concerns = known.Concerns.Add(_duplicates[seen.Id]) }, slot);
        else if (!again)
        {
            // The other one of two came first this time: the first of them is still what is shown, if it comes.
            listing.Deferred[seen.Id] = seen;
            MarkOf(slot) = (listing.Generation, 0);
        }
        return true;
    }

    private int ClearDuplicates(Listing listing)
    {
        var over = _duplicates.Keys.Where(id => !listing.Twice.Contains(id)).ToList();
        foreach (var id in over)
        {
            _duplicates.Remove(id);
            var slot = estate.Guests.Find(id);
            if (slot < 0 || estate.Guests.Read(slot) is not { } guest)
                continue;
            var mark = MarkOf(slot);
            // Only the other one came: it is the one that is left.
            var left = listing.Deferred.GetValueOrDefault(id) is { } other ? Merge(other, guest) : guest;
            Put(left with { Concerns = left.Concerns.RemoveAll(c => c.Id == InventoryConcerns.Listed) }, slot);
            slot = estate.Guests.Find(id);
            MarkOf(slot) = mark;
        }
        return over.Count;
    }
}
