using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>Runs one query over the columns: filter into bits, count them, pick the page's slots, read their rows.</summary>
internal sealed class GuestQueryRun
{
    private const int Words = GuestChunk.Full / 64;
    private readonly GuestTable _table;
    private readonly GuestChunk[] _chunks;
    private readonly GuestNames.View _names;
    private readonly ImmutableArray<(ColumnTerm Term, bool Negated)> _terms;
    private readonly ImmutableArray<SortColumn> _columns;
    private readonly bool _ofProvider;
    private readonly bool _byNameAlone;
    private readonly bool _descending;
    private readonly int _firstName;
    private readonly int _lastName = int.MaxValue;
    private readonly PageCursor? _cursor;

    internal GuestQueryRun(
        GuestTable table,
        GuestColumns columns,
        CompiledFilter<Guest> filter,
        ImmutableArray<(Field<Guest> Field, bool Descending)> sort,
        bool includeService,
        PageCursor? cursor
    )
    {
        _table = table;
        _chunks = table.Chunks;
        _names = table.Names.Current;
        _cursor = cursor;
        IEnumerable<(ColumnTerm Term, bool Negated)> terms = filter.Terms.Select(t => (columns.Term(t, _names), t.Negated)).ToList();
        if (!includeService)
            terms = terms.Append((new ColumnTerm.OfFlag(c => c.Service, new Check.OfWord(1)), false));
        foreach (var name in filter.Terms.Zip(terms).Where(t => !t.First.Negated).Select(t => t.Second.Term).OfType<ColumnTerm.OfName>())
            (_firstName, _lastName) = (Math.Max(_firstName, name.First), Math.Min(_lastName, name.Last));
        _ofProvider = terms.Any(t => t is { Term: ColumnTerm.OfProvider, Negated: false });
        _terms = [.. terms.OrderBy(t => t.Term.Cost)];
        _columns = [.. sort.Select(s => columns.Sort(s.Field, s.Descending, _names.Order))];
        _byNameAlone = sort is [{ Field.Name: "name" }];
        _descending = sort[0].Descending;
    }

    /// <returns>Slots in order with their first keys, at most one more than <paramref name="limit"/>, and how many match in all.</returns>
    internal ((int Slot, long Key)[] Picked, long Total) Select(int limit)
    {
        var bits = ArrayPool<ulong>.Shared.Rent(Math.Max(1, _chunks.Length * Words));
        try
        {
            var total = Filter(bits);
            var picked = (_byNameAlone && total > 4L * limit ? Walk(bits, limit + 1, total) : null) ?? Pick(bits, limit + 1);
            return (picked, total);
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(bits);
        }
    }

    /// <summary>Whether a record still has the first key that it was picked by.</summary>
    internal bool IsAsPicked(SortValue first, long key) => _columns[0].KeyOf(first) == key;

    /// <summary>Every match, in no order.</summary>
    internal IEnumerable<int> All()
    {
        var bits = new ulong[_chunks.Length * Words];
        Filter(bits);
        return Enumerate(bits);
    }

    private long Filter(ulong[] bits)
    {
        long total = 0;
        Span<ulong> hits = stackalloc ulong[Words];
        foreach (var chunk in _chunks)
        {
            var words = (chunk.Used + 63) / 64;
            var into = bits.AsSpan(chunk.Number * Words, Words);
            into[words..].Clear();
            into = into[..words];
            chunk.Live.AsSpan(0, words).CopyTo(into);
            // Whoever asks for a provider's guests gets its views; others get each guest once, through its authority.
            if (!_ofProvider)
                for (var i = 0; i < words; i++)
                    into[i] &= ~chunk.Second[i];
            foreach (var (term, negated) in _terms)
            {
                if (!into.ContainsAnyExcept(0UL))
                    break;
                var found = hits[..words];
                term.Fill(chunk, into, found);
                if (negated)
                    for (var i = 0; i < words; i++)
                        into[i] &= ~found[i];
                else
                    for (var i = 0; i < words; i++)
                        into[i] &= found[i];
            }
            foreach (var word in into)
                total += BitOperations.PopCount(word);
        }
        return _ofProvider ? total - DropShown(bits) : total;
    }

    /// <summary>Where several providers were asked for, a view goes whose guest is there already.</summary>
    private long DropShown(ulong[] bits)
    {
        long dropped = 0;
        foreach (var chunk in _chunks)
            for (var i = 0; i < (chunk.Used + 63) / 64; i++)
                for (var rest = bits[chunk.Number * Words + i] & chunk.Second[i]; rest != 0; rest &= rest - 1)
                {
                    var slot = chunk.SlotOf(i << 6 | BitOperations.TrailingZeroCount(rest));
                    if (!_table.FindTwins(slot).Any(other => other != slot && Has(bits, other)))
                        continue;
                    bits[chunk.Number * Words + i] &= ~(rest & ~(rest - 1));
                    dropped++;
                }
        return dropped;
    }

    /// <summary>
    /// Goes along the names from the cursor on and takes what matches; the tail's few are merged in. Null when the
    /// matches lie so far off that looking at each of them is quicker.
    /// </summary>
    private (int Slot, long Key)[]? Walk(ulong[] bits, int most, long total)
    {
        var order = _names.Order;
        var steps = 8L * most * order.Count / total + 1000;
        var pick = new TopSelection(_table, _columns, _cursor, most);
        foreach (var (slot, _) in _names.Tail.AsSpan(0, _names.TailCount))
            if (Has(bits, slot))
                pick.Offer(_columns[0].Key(_table.ChunkOf(slot), GuestTable.PlaceOf(slot)), slot);
        var from = _cursor is null ? null : FoldedName.Of(_cursor.Values[0].Text ?? "");
        var (next, end, by) = (from is null ? 0 : order.LowerBound(from), order.Count, 1);
        if (_descending)
            (next, end, by) = ((from is null ? order.Count : order.UpperBound(from)) - 1, -1, -1);
        // Names that were filtered by lie between two places of the order.
        next = _descending ? Math.Min(next, _lastName) : Math.Max(next, _firstName);
        var (taken, last) = (0, -1);
        for (; by > 0 ? next < end : next > end; next += by)
        {
            // Guests of one name come by id, which the walk does not follow: it ends only with the name.
            if (taken >= most && !order.NameAt(next).SequenceEqual(order.NameAt(last)))
                return pick.InOrder();
            if (--steps < 0)
                return null;
            var slot = order[next];
            if (!Has(bits, slot))
                continue;
            pick.Offer(_columns[0].Key(_table.ChunkOf(slot), GuestTable.PlaceOf(slot)), slot);
            last = next;
            // Of those with the cursor's own name some lie before it and are offered in vain: none of them counts.
            if (from is null || !order.NameAt(next).SequenceEqual(from))
                taken++;
        }
        return pick.InOrder();
    }

    private static bool Has(ulong[] bits, int slot)
    {
        var word = (slot >> GuestChunk.Bits) * Words + (GuestTable.PlaceOf(slot) >> 6);
        return word < bits.Length && (bits[word] >> slot & 1) != 0;
    }

    private (int Slot, long Key)[] Pick(ulong[] bits, int most)
    {
        foreach (var column in _columns)
            column.Prepare(Enumerate(bits));
        var pick = new TopSelection(_table, _columns, _cursor, most);
        Span<long> keys = stackalloc long[GuestChunk.Full];
        Span<long> seconds = stackalloc long[pick.UsesSecond ? GuestChunk.Full : 0];
        foreach (var chunk in _chunks)
        {
            var words = bits.AsSpan(chunk.Number * Words, (chunk.Used + 63) / 64);
            var matches = 0;
            foreach (var word in words)
                matches += BitOperations.PopCount(word);
            if (matches == 0)
                continue;
            // Reading a column through costs less than asking for every eighth of its values.
            var dense = matches * 8 > words.Length * 64;
            if (dense)
            {
                _columns[0].Fill(chunk, keys[..(words.Length * 64)]);
                if (pick.UsesSecond)
                    _columns[1].Fill(chunk, seconds[..(words.Length * 64)]);
            }
            for (var i = 0; i < words.Length; i++)
                for (var rest = words[i]; rest != 0; rest &= rest - 1)
                {
                    var place = i << 6 | BitOperations.TrailingZeroCount(rest);
                    if (dense && pick.IsBeaten(keys[place], pick.UsesSecond ? seconds[place] : long.MinValue))
                        continue;
                    pick.Offer(dense ? keys[place] : _columns[0].Key(chunk, place), chunk.SlotOf(place));
                }
        }
        return pick.InOrder();
    }

    private IEnumerable<int> Enumerate(ulong[] bits)
    {
        for (var i = 0; i < _chunks.Length * Words; i++)
            for (var rest = bits[i]; rest != 0; rest &= rest - 1)
                yield return (i / Words) << GuestChunk.Bits | (i % Words) << 6 | BitOperations.TrailingZeroCount(rest);
    }
}
