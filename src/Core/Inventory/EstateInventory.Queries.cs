using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Core.Inventory.Storage;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory;

public sealed partial class EstateInventory
{
    /// <exception cref="QueryException">The filter, sort, limit or cursor is wrong.</exception>
    public Page<Guest> QueryGuests(ListQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filter = GuestFields.Set.Compile(FilterParser.Parse(query.Filter), _estate.Now);
        var sort = GuestFields.Set.CompileSort(query.Sort);
        var scope = QueryScope.Of(GuestFields.Set.Subject, filter.Syntax, query);
        var cursor = PageCursor.Read(query.Cursor, scope, sort.Length);
        var service = query.IncludeService || filter.Syntax.Terms.Any(t => t.Field == "service");
        var run = new GuestQueryRun(_estate.Guests, _columns, filter, sort, service, cursor);
        var (picked, total) = run.Select(query.Limit);
        var page = picked.AsSpan(0, Math.Min(query.Limit, picked.Length));
        var items = ImmutableArray.CreateBuilder<Guest>(page.Length);
        var keys = new long[page.Length];
        foreach (var (slot, key) in page)
        {
            // The record decides: a column may have changed between the scan and now.
            if (_estate.Guests.Read(slot) is not { } guest || !filter.Fits(guest))
                continue;
            keys[items.Count] = key;
            items.Add(WithViews(guest));
        }
        var next = picked.Length > query.Limit ? CursorBehind(items, keys, sort, run)?.Write(scope) : null;
        return new Page<Guest>(items.DrainToImmutable(), next, total);
    }

    /// <summary>The place of the last guest that is still where it was picked: one that moved meanwhile would skip others.</summary>
    private static PageCursor? CursorBehind(
        ImmutableArray<Guest>.Builder items,
        long[] keys,
        ImmutableArray<(Field<Guest> Field, bool Descending)> sort,
        GuestQueryRun run
    )
    {
        for (var i = items.Count - 1; i >= 0; i--)
        {
            var values = sort.Select(s => s.Field.Sort(items[i])).ToImmutableArray();
            if (run.IsAsPicked(values[0], keys[i]))
                return new PageCursor(values, items[i].Id);
        }
        return null;
    }

    /// <summary>A page of any kind of object.</summary>
    /// <exception cref="QueryException">The filter, sort, limit or cursor is wrong.</exception>
    public Page<T> Query<T>(ListQuery query)
        where T : class, IInventoryObject
    {
        ArgumentNullException.ThrowIfNull(query);
        return typeof(T) == typeof(Guest) ? (Page<T>)(object)QueryGuests(query) : _estate.Records.Of<T>().Query(query, _estate.Now);
    }

    /// <summary>Every guest that a filter matches, in no order; for work on all of them.</summary>
    public IEnumerable<Guest> SelectGuests(GuestFilter filter, bool includeService = false)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var run = new GuestQueryRun(_estate.Guests, _columns, filter.Compiled, GuestFields.Set.CompileSort(null), includeService || filter.NamesService, null);
        return run.All().Select(_estate.Guests.Read).OfType<Guest>().Where(filter.Matches);
    }

    /// <summary>Every object of a kind other than guests, in no order.</summary>
    public IReadOnlyCollection<T> All<T>()
        where T : class, IInventoryObject => [.. _estate.Records.Of<T>().All];

    /// <summary>An object as its provider shows it; of a guest, that provider's own view.</summary>
    public T? Get<T>(ObjectId id)
        where T : class, IInventoryObject
    {
        if (typeof(T) != typeof(Guest))
            return _estate.Records.Of<T>().Get(id);
        var slot = _estate.Guests.Find(id);
        return slot < 0 ? null : (T?)(object?)_estate.Guests.Read(slot);
    }

    /// <summary>
    /// What a person's reference stands for: an id, <c>NAME</c> or <c>PROVIDER/NAME</c>. Of a guest that several providers
    /// show, every id and name leads to the one guest.
    /// </summary>
    public Resolution<T> Resolve<T>(string reference)
        where T : class, IInventoryObject =>
        typeof(T) == typeof(Guest)
            ? (Resolution<T>)(object)QueryScope.Resolve(reference, Get<Guest>, NamedGuests, _identities.Shown)
            : _estate.Records.Of<T>().Resolve(reference);

    /// <summary>The guest as each provider that knows it shows it, the authority first. Empty where one alone does.</summary>
    public ImmutableArray<GuestView> Views(ObjectId guest) => Get<Guest>(guest) is { } known ? _identities.Views(known) : [];

    /// <summary>
    /// What forbids a start of this guest, since two copies would run: a running guest elsewhere with the same identity, or
    /// another view of it that says that it runs.
    /// </summary>
    public Guest? RunningTwin(ObjectId guest) => Get<Guest>(guest) is { } known ? _identities.RunningTwin(known) : null;

    /// <summary>The guest's snapshots, oldest first.</summary>
    public ImmutableArray<Snapshot> Snapshots(ObjectId guest) =>
        [.. _estate.Records.Snapshots.All.Where(s => s.Guest == guest).OrderBy(s => s.CreatedAt).ThenBy(s => s.Id)];

    /// <summary>What the system says of the object beyond the common model; null when it said nothing.</summary>
    public async Task<NativeDocument?> NativeAsync(ObjectId id, CancellationToken cancellationToken)
    {
        if (_estate.Natives.Pending(id) is { } pending)
            return pending;
        return _store is null ? null : await _store.NativeAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>An object's past, newest first.</summary>
    /// <exception cref="QueryException">The limit or cursor is wrong.</exception>
    public async Task<Page<HistoryEntry>> HistoryAsync(ObjectId id, int limit, string? cursor, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > ListQuery.MaximumLimit)
            throw new QueryException(QueryPart.Limit, $"The limit is {limit}; it must be 1 to {ListQuery.MaximumLimit}.");
        var before = long.MaxValue;
        if (!string.IsNullOrEmpty(cursor) && !(long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before) && before > 0))
            throw new QueryException(QueryPart.Cursor, "The cursor is damaged. Take nextCursor from a page of this history, or leave it out to begin with the newest.");
        if (_store is null)
            return new Page<HistoryEntry>([], null, 0);
        var (entries, total) = await _store
            .ReadAsync(connection => (EstateRows.ReadHistory(connection, id, before, limit + 1), EstateRows.CountHistory(connection, id)), cancellationToken)
            .ConfigureAwait(false);
        if (entries.Length <= limit)
            return new Page<HistoryEntry>(entries, null, total);
        var page = entries.RemoveAt(limit);
        return new Page<HistoryEntry>(page, page[^1].Sequence.ToString(CultureInfo.InvariantCulture), total);
    }

    public InventoryCounts Counts(string provider)
    {
        if (!_writers.TryGetValue(provider, out var writer))
            return new InventoryCounts(0, 0, 0);
        return new InventoryCounts(writer.Guests, _estate.Records.Hosts.All.Count(h => h.Provider == provider), writer.CountMissing());
    }

    private Guest WithViews(Guest guest) => _identities.Views(guest) is { IsEmpty: false } views ? guest with { Views = views } : guest;

    private IEnumerable<Guest> NamedGuests(string name)
    {
        var names = _estate.Guests.Names.Current;
        var folded = FoldedName.Of(name);
        for (var i = names.Order.LowerBound(folded); i < names.Order.Count && names.Order.NameAt(i).SequenceEqual(folded); i++)
            if (Named(names.Order[i], name) is { } guest)
                yield return guest;
        for (var i = 0; i < names.TailCount; i++)
            if (names.Tail[i].Name.AsSpan().SequenceEqual(folded) && Named(names.Tail[i].Slot, name) is { } guest)
                yield return guest;
    }

    private Guest? Named(int slot, string name) =>
        _estate.Guests.ChunkOf(slot).IsLive(GuestTable.PlaceOf(slot)) && _estate.Guests.Read(slot) is { } guest && guest.Name == name ? guest : null;
}
