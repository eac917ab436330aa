using System.Text;
using Anyvisor.Core.Inventory.Filters;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>The slots whose names pass a check, found in the order of names: ranges for prefixes, one scan for substrings.</summary>
internal sealed class NameHits
{
    private readonly ulong[]?[] _bits;

    /// <summary>The first index in the order of names that is hit.</summary>
    internal int First { get; private set; } = int.MaxValue;

    /// <summary>The last index that is hit; -1 for none.</summary>
    internal int Last { get; private set; } = -1;

    private NameHits(int chunks) => _bits = new ulong[]?[chunks];

    internal static NameHits Find(GuestNames.View names, Check.OfText check, int chunks)
    {
        var hits = new NameHits(chunks);
        foreach (var pattern in check.Patterns)
            hits.Add(names.Order, pattern);
        foreach (var (slot, name) in names.Tail.AsSpan(0, names.TailCount))
            if (check.FitsFolded(Encoding.UTF8.GetString(name)))
                hits.Set(slot);
        return hits;
    }

    internal void CopyTo(int chunk, Span<ulong> hits)
    {
        if (chunk < _bits.Length && _bits[chunk] is { } found)
            found.AsSpan(0, hits.Length).CopyTo(hits);
        else
            hits.Clear();
    }

    private void Add(NameOrder order, TextPattern pattern)
    {
        var text = Encoding.UTF8.GetBytes(pattern.Text);
        switch (pattern.Kind)
        {
            case TextPattern.Shape.Exact:
                // A name that was cut off in the index is found by its beginning; the record decides.
                AddPrefix(order, text.AsSpan(0, Math.Min(text.Length, FoldedName.MaximumLength)), exact: text.Length < FoldedName.MaximumLength);
                break;
            case TextPattern.Shape.Prefix:
                AddPrefix(order, text.AsSpan(0, Math.Min(text.Length, FoldedName.MaximumLength)), exact: false);
                break;
            case TextPattern.Shape.Contains when text.Length > 0:
                order.FindContaining(text, index => Hit(order, index));
                break;
            default:
                for (var i = 0; i < order.Count; i++)
                    if (pattern.FitsFolded(Encoding.UTF8.GetString(order.NameAt(i))))
                        Hit(order, i);
                break;
        }
    }

    private void AddPrefix(NameOrder order, ReadOnlySpan<byte> prefix, bool exact)
    {
        var end = order.PrefixEnd(prefix);
        for (var i = order.LowerBound(prefix); i < end && (!exact || order.NameAt(i).Length == prefix.Length); i++)
            Hit(order, i);
    }

    private void Hit(NameOrder order, int index)
    {
        First = Math.Min(First, index);
        Last = Math.Max(Last, index);
        Set(order[index]);
    }

    private void Set(int slot)
    {
        var chunk = slot >> GuestChunk.Bits;
        if (chunk >= _bits.Length)
            return;
        var place = GuestTable.PlaceOf(slot);
        (_bits[chunk] ??= new ulong[GuestChunk.Full / 64])[place >> 6] |= 1UL << place;
    }
}
