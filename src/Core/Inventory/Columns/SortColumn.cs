using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// One field to sort by, as numbers: smaller comes first, for descending order too. Where equal numbers may stand for
/// different values, ties are looked into. A closed set.
/// </summary>
internal abstract class SortColumn(bool descending)
{
    /// <summary>For fields without columns: sees all slots that will be sorted.</summary>
    internal virtual void Prepare(IEnumerable<int> slots) { }

    internal long Key(GuestChunk chunk, int place) => Descending ? ~Raw(chunk, place) : Raw(chunk, place);

    /// <summary>Whether equal keys are equal values, so that no tie need be looked into.</summary>
    internal virtual bool KeysDecide => true;

    /// <summary>Keys of all of a chunk's guests.</summary>
    internal abstract void Fill(GuestChunk chunk, Span<long> keys);

    internal int Tie(int left, int right) => Descending ? -RawTie(left, right) : RawTie(left, right);

    internal long KeyOf(SortValue cursor) => Descending ? ~RawOf(cursor) : RawOf(cursor);

    /// <summary>How a slot with the cursor's key compares with the cursor.</summary>
    internal int Tie(int slot, SortValue cursor) => Descending ? -RawTie(slot, cursor) : RawTie(slot, cursor);

    protected bool Descending { get; } = descending;

    protected abstract long Raw(GuestChunk chunk, int place);

    protected virtual int RawTie(int left, int right) => 0;

    protected abstract long RawOf(SortValue cursor);

    protected virtual int RawTie(int slot, SortValue cursor) => 0;

    /// <summary>A number column.</summary>
    internal sealed class OfInt(Func<GuestChunk, int[]> column, bool descending) : SortColumn(descending)
    {
        internal override void Fill(GuestChunk chunk, Span<long> keys)
        {
            var values = column(chunk);
            var flip = Descending ? -1L : 0;
            for (var i = 0; i < keys.Length; i++)
                keys[i] = values[i] ^ flip;
        }

        protected override long Raw(GuestChunk chunk, int place) => column(chunk)[place];

        protected override long RawOf(SortValue cursor) => cursor.Number;
    }

    /// <summary>A number or time column in which 0 may stand for an absent value, which comes first anyway.</summary>
    internal sealed class OfLong(Func<GuestChunk, long[]> column, bool descending) : SortColumn(descending)
    {
        internal override void Fill(GuestChunk chunk, Span<long> keys)
        {
            var values = column(chunk);
            var flip = Descending ? -1L : 0;
            for (var i = 0; i < keys.Length; i++)
                keys[i] = values[i] ^ flip;
        }

        protected override long Raw(GuestChunk chunk, int place) => column(chunk)[place];

        protected override long RawOf(SortValue cursor) => cursor.Number;
    }

    /// <summary>An enum, by its words' order; <paramref name="ranks"/> has each value's place among them.</summary>
    internal sealed class OfWord(Func<GuestChunk, int, int> read, RankTable ranks, bool descending) : SortColumn(descending)
    {
        internal override void Fill(GuestChunk chunk, Span<long> keys)
        {
            for (var i = 0; i < keys.Length; i++)
                keys[i] = Key(chunk, i);
        }

        protected override long Raw(GuestChunk chunk, int place) => ranks[read(chunk, place)];

        protected override long RawOf(SortValue cursor) => ranks.Of(cursor.Text);
    }

    /// <summary>A column of codes, by the order of what they stand for.</summary>
    internal sealed class OfCode(Func<GuestChunk, int[]> column, RankTable ranks, bool descending) : SortColumn(descending)
    {
        internal override void Fill(GuestChunk chunk, Span<long> keys)
        {
            var codes = column(chunk);
            var flip = Descending ? -1L : 0;
            for (var i = 0; i < keys.Length; i++)
                keys[i] = ranks[codes[i]] ^ flip;
        }

        protected override long Raw(GuestChunk chunk, int place) => ranks[column(chunk)[place]];

        protected override long RawOf(SortValue cursor) => ranks.Of(cursor.Text);
    }

    /// <summary>Names, by their labels in the order of names.</summary>
    internal sealed class OfName(GuestTable table, NameOrder order, bool descending) : SortColumn(descending)
    {
        internal override bool KeysDecide => false;

        internal override void Fill(GuestChunk chunk, Span<long> keys)
        {
            var labels = order.LabelsOf(chunk.Number);
            var flip = Descending ? -1L : 0;
            for (var i = 0; i < keys.Length; i++)
                keys[i] = labels[i] ^ flip;
        }

        protected override long Raw(GuestChunk chunk, int place) => order.LabelsOf(chunk.Number)[place];

        protected override int RawTie(int left, int right) =>
            (order.LabelAt(left) & 1) == 0 ? 0 : NameOf(left).AsSpan().SequenceCompareTo(NameOf(right));

        protected override long RawOf(SortValue cursor) => order.LabelOf(FoldedName.Of(cursor.Text ?? ""));

        protected override int RawTie(int slot, SortValue cursor) =>
            (order.LabelAt(slot) & 1) == 0 ? 0 : NameOf(slot).AsSpan().SequenceCompareTo(FoldedName.Of(cursor.Text ?? ""));

        private byte[] NameOf(int slot) => FoldedName.Of(GuestRow.NameOf(table.ChunkOf(slot).Rows[GuestTable.PlaceOf(slot)]!));
    }

    /// <summary>A field without a column: its values are read from the records beforehand.</summary>
    internal sealed class OfRecord(GuestTable table, Field<Guest> field, bool descending) : SortColumn(descending)
    {
        internal override bool KeysDecide => false;

        private readonly Dictionary<int, SortValue> _values = [];

        internal override void Prepare(IEnumerable<int> slots)
        {
            foreach (var slot in slots)
                _values[slot] = table.Read(slot) is { } guest ? field.Sort(guest) : default;
        }

        internal override void Fill(GuestChunk chunk, Span<long> keys) => keys.Clear();

        protected override long Raw(GuestChunk chunk, int place) => Descending ? -1 : 0;

        protected override int RawTie(int left, int right) => _values.GetValueOrDefault(left).CompareTo(_values.GetValueOrDefault(right));

        protected override long RawOf(SortValue cursor) => Descending ? -1 : 0;

        protected override int RawTie(int slot, SortValue cursor) => _values.GetValueOrDefault(slot).CompareTo(cursor);
    }
}
