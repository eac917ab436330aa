namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// All slots in the order of their names (then ids) as of one moment, with the names behind each other in one buffer:
/// prefixes are ranges of it, substrings are found by one scan of it. Immutable but for the labels of later slots.
/// </summary>
internal sealed class NameOrder
{
    private readonly int[] _slots;
    private readonly int[] _starts;
    private readonly byte[] _names;
    private int[]?[] _labels;

    private NameOrder(int[] slots, int[] starts, byte[] names, int[]?[] labels) => (_slots, _starts, _names, _labels) = (slots, starts, names, labels);

    internal static NameOrder Nothing() => new([], [0], [], []);

    internal int Count => _slots.Length;

    internal int this[int index] => _slots[index];

    internal ReadOnlySpan<byte> NameAt(int index) => _names.AsSpan(_starts[index].._starts[index + 1]);

    /// <summary>Builds an order from entries that are sorted already.</summary>
    /// <param name="count">How many entries there are.</param>
    /// <param name="bytes">How long all their names are together.</param>
    /// <param name="chunks">How many chunks of slots exist.</param>
    /// <param name="fill">Calls back with each slot and name in order.</param>
    internal static NameOrder Build(int count, long bytes, int chunks, Action<Append> fill)
    {
        var (slots, starts, names) = (new int[count], new int[count + 1], new byte[checked((int)bytes)]);
        var labels = new int[]?[chunks];
        var (index, at, group) = (0, 0, 0);
        fill(
            (slot, name) =>
            {
                slots[index] = slot;
                name.CopyTo(names.AsSpan(at));
                if (index > 0 && !names.AsSpan(starts[index - 1]..at).SequenceEqual(name))
                    group = index;
                (labels[slot >> GuestChunk.Bits] ??= new int[GuestChunk.Full])[slot & GuestChunk.Full - 1] = group * 2;
                at += name.Length;
                starts[++index] = at;
            }
        );
        return new NameOrder(slots, starts, names, labels);
    }

    internal delegate void Append(int slot, ReadOnlySpan<byte> name);

    /// <summary>
    /// Where a name stands: even for a name of this order, odd for one between two of them. Equal even labels are equal
    /// names; equal odd ones have to be compared.
    /// </summary>
    internal int LabelOf(ReadOnlySpan<byte> name)
    {
        var index = LowerBound(name);
        return index < Count && NameAt(index).SequenceEqual(name) ? index * 2 : index * 2 - 1;
    }

    /// <summary>The label of a slot.</summary>
    internal int LabelAt(int slot) => LabelsOf(slot >> GuestChunk.Bits)[slot & GuestChunk.Full - 1];

    /// <summary>The labels of a chunk's slots; empty for a chunk that has none in this order.</summary>
    internal ReadOnlySpan<int> LabelsOf(int chunk)
    {
        var labels = Volatile.Read(ref _labels);
        return chunk < labels.Length && labels[chunk] is { } found ? found : NoLabels;
    }

    /// <summary>For chunks that were made after a reader took this order: they stand before everything.</summary>
    private static readonly int[] NoLabels = NewNoLabels();

    private static int[] NewNoLabels()
    {
        var labels = new int[GuestChunk.Full];
        Array.Fill(labels, -1);
        return labels;
    }

    /// <summary>Labels a slot that came later. Called under the lock of the names.</summary>
    internal void Label(int slot, ReadOnlySpan<byte> name)
    {
        var chunk = slot >> GuestChunk.Bits;
        if (chunk >= _labels.Length)
        {
            var grown = new int[]?[Math.Max(chunk + 1, _labels.Length * 2)];
            _labels.CopyTo(grown, 0);
            Volatile.Write(ref _labels, grown);
        }
        var labels = _labels[chunk] ?? new int[GuestChunk.Full];
        Volatile.Write(ref labels[slot & GuestChunk.Full - 1], LabelOf(name));
        Volatile.Write(ref _labels[chunk], labels);
    }

    /// <summary>The first index whose name is not before this one.</summary>
    internal int LowerBound(ReadOnlySpan<byte> name)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (NameAt(middle).SequenceCompareTo(name) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The first index whose name is behind this one.</summary>
    internal int UpperBound(ReadOnlySpan<byte> name)
    {
        var (low, high) = (LowerBound(name), Count);
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (NameAt(middle).SequenceEqual(name))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The first index behind all names that begin so.</summary>
    internal int PrefixEnd(ReadOnlySpan<byte> prefix)
    {
        var (low, high) = (LowerBound(prefix), Count);
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (NameAt(middle).StartsWith(prefix))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>Indexes of the names that contain the text, in order, found by one scan of the buffer.</summary>
    internal void FindContaining(ReadOnlySpan<byte> text, Action<int> found)
    {
        var (at, index) = (0, 0);
        while (at <= _names.Length)
        {
            var hit = _names.AsSpan(at).IndexOf(text);
            if (hit < 0)
                return;
            hit += at;
            index = IndexOfByte(hit, index);
            if (hit + text.Length <= _starts[index + 1])
            {
                found(index);
                at = _starts[index + 1];
            }
            else
                at = hit + 1;
        }
    }

    /// <summary>The name that a byte belongs to, looked for from an earlier one on: hits come in order and lie close.</summary>
    private int IndexOfByte(int position, int from)
    {
        var step = 1;
        while (from + step < Count && _starts[from + step] <= position)
        {
            from += step;
            step *= 2;
        }
        var high = Math.Min(from + step, Count);
        while (high - from > 1)
        {
            var middle = from + (high - from) / 2;
            if (_starts[middle] <= position)
                from = middle;
            else
                high = middle;
        }
        return from;
    }
}
