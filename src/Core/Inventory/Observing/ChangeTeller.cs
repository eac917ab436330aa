using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Core.Inventory.Storage;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>
/// Turns what changed into events, history and rows to store. It runs beside the writers and goes in rounds: what
/// changed often between two rounds is told once.
/// </summary>
internal sealed class ChangeTeller(Estate estate, EventFeed feed, Causes causes, GuestIdentities identities, EstateStore? store)
{
    private const int Portion = 512;

    /// <summary>Of a lane that may wait, a round tells no more, so that what can't wait goes out within a tenth of a second.</summary>
    private const int BulkAtOnce = 4096;
    private readonly Lock _telling = new();

    /// <summary>Tells what changed up to now: all of what is prompt, and of what comes in bulk as much as the store keeps up with.</summary>
    internal void Tell() => Tell(Math.Min(BulkAtOnce, store?.Room ?? BulkAtOnce));

    /// <summary>Tells all that changed up to now.</summary>
    internal void TellAll() => Tell(int.MaxValue);

    /// <summary>Tells what can be written down before a process that is asked to end is killed; the rest comes anew from its provider.</summary>
    /// <returns>How many objects were left out.</returns>
    internal int TellLast()
    {
        Tell(store?.Room ?? 0);
        // Once more: looking into identities changes guests.
        Tell(store?.Room ?? 0);
        return estate.Changes.Bulk;
    }

    private void Tell(int mostBulk)
    {
        lock (_telling)
        {
            // First who is whose view: what is shown through another is not told as a guest of its own.
            foreach (var uuid in estate.Changes.TakeIdentities())
                identities.Check(uuid);
            var taken = estate.Changes.Take(mostBulk);
            foreach (var portion in taken.Guests.Chunk(Portion))
                TellGuests(portion);
            foreach (var portion in taken.Objects.Chunk(Portion))
                TellObjects(portion);
            foreach (var notice in taken.Notices)
                feed.Publish(notice);
        }
    }

    private void TellGuests(KeyValuePair<ObjectId, byte[]?>[] changed)
    {
        var drafts = new List<(Event Draft, Guest? Before)>(changed.Length);
        foreach (var (id, row) in changed)
        {
            var slot = estate.Guests.Find(id);
            var after = slot < 0 ? null : estate.Guests.Read(slot);
            var before = row is null ? null : GuestRow.Read(row, estate.Guests.Books);
            if (before is null && after is null)
                continue;
            store?.Guest(before, after);
            if (DraftOf(before, after) is { } told)
                drafts.Add(told);
            if (DraftOfView(before, after) is { } toldOfView)
                drafts.Add(toldOfView);
        }
        Publish(drafts);
    }

    private (Event Draft, Guest? Before)? DraftOf(Guest? before, Guest? after)
    {
        (before, after) = (Own(before), Own(after));
        if ((after ?? before) is not { } known)
            return null;
        var changes = before is null || after is null ? [] : GuestDifference.Of(before, after);
        if (before is not null && after is not null && changes.IsEmpty)
            return null;
        var draft = Draft(KindOf(before, after), known, causes.Of(known.Id), changes) with { Guest = after is null ? null : identities.Shown(after) };
        return (draft, before is null ? null : identities.WithOld(before, before));
    }

    /// <summary>What is shown through another guest is told as a change of that one.</summary>
    private (Event Draft, Guest? Before)? DraftOfView(Guest? before, Guest? after)
    {
        var (old, now) = (View(before), View(after));
        if ((now ?? old) is not { } view || identities.ShownFor(view) is not { } shown)
            return null;
        var (from, to) = (GuestDifference.Show(old), GuestDifference.Show(now));
        if (from == to)
            return null;
        var draft = Draft(EventKind.Changed, shown, causes.Of(view.Id) ?? causes.Of(shown.Id), [new FieldChange(GuestDifference.Views, from, to)]) with { Guest = shown };
        return (draft, old is null ? shown : identities.WithOld(shown, old));
    }

    private static Event Draft(EventKind kind, Guest guest, string? task, ImmutableArray<FieldChange> changes) =>
        new()
        {
            Sequence = 0,
            At = default,
            Kind = kind,
            Subject = "guest",
            SubjectId = guest.Id.ToString(),
            SubjectName = guest.Name,
            Provider = guest.Provider,
            Task = task,
            Changes = changes,
        };

    private static Guest? View(Guest? guest) => guest is not null && Own(guest) is null ? guest : null;

    /// <summary>Null for what is shown through another provider's view.</summary>
    private static Guest? Own(Guest? guest) => guest is not null && InventoryConcerns.IsSecondView(guest.Concerns) ? null : guest;

    private void TellObjects(KeyValuePair<ObjectId, ObjectChange>[] changed)
    {
        var drafts = new List<(Event Draft, Guest? Before)>(changed.Length);
        foreach (var (id, (kind, before)) in changed)
        {
            var table = estate.Records.Of(kind)!;
            var after = table.Find(id);
            if (before is null && after is null)
                continue;
            store?.Object(kind, before, after);
            var changes = before is null || after is null ? [] : table.Compare(before, after);
            if (before is not null && after is not null && changes.IsEmpty)
                continue;
            var draft = new Event
            {
                Sequence = 0,
                At = default,
                Kind = KindOf(before, after),
                Subject = Words<ObjectKind>.Of(kind),
                SubjectId = id.ToString(),
                SubjectName = (after ?? before)!.Name,
                Provider = (after ?? before)!.Provider,
                Changes = changes,
            };
            drafts.Add((draft, null));
        }
        Publish(drafts);
    }

    private void Publish(List<(Event Draft, Guest? Before)> drafts)
    {
        if (drafts.Count == 0)
            return;
        var published = feed.Publish(drafts);
        store?.History(published.Select(p => p.Event).Where(IsHistory));
    }

    /// <summary>That a provider does not answer, or does again, is its own history and not that of each of its objects.</summary>
    private static bool IsHistory(Event e) =>
        e.Kind != EventKind.Changed
        || !(e.Changes is [{ Field: "presence", From: not "missing", To: not "missing" }] || e.Changes is [var change] && GuestDifference.IsAnswerOfView(change));

    private static EventKind KindOf(object? before, object? after) =>
        before is null ? EventKind.Added
        : after is null ? EventKind.Removed
        : EventKind.Changed;
}
