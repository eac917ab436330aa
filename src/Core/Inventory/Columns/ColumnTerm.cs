using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>One term of a filter, run over a chunk at a time. A closed set.</summary>
internal abstract class ColumnTerm
{
    private ColumnTerm() { }

    /// <summary>Cheaper terms run first, so that dearer ones look at fewer guests.</summary>
    internal abstract int Cost { get; }

    /// <summary>Whether no guest can fit, as far as can be told beforehand.</summary>
    internal virtual bool IsEmpty => false;

    /// <summary>Sets the bits of the guests that fit; those outside of <paramref name="among"/> may be set or not.</summary>
    internal abstract void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits);

    /// <summary>A chunk's guests are all of one provider.</summary>
    internal sealed class OfProvider(CodeSet codes) : ColumnTerm
    {
        internal override bool IsEmpty => codes.IsFew && codes.Few.IsEmpty;

        internal override int Cost => 0;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits) =>
            hits.Fill(codes.Has(chunk.ProviderCode) ? ulong.MaxValue : 0);
    }

    internal sealed class OfFlag(Func<GuestChunk, ulong[]> column, Check.OfWord check) : ColumnTerm
    {
        internal override int Cost => 0;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits)
        {
            var (set, unset) = (check.Fits(1) ? ulong.MaxValue : 0, check.Fits(0) ? ulong.MaxValue : 0);
            var bits = column(chunk);
            for (var i = 0; i < hits.Length; i++)
                hits[i] = bits[i] & set | ~bits[i] & unset;
        }
    }

    /// <summary>An enum with fewer than 16 values: its mask is a table that one shuffle looks up for 16 guests.</summary>
    internal sealed class OfWord(WordColumn column, ulong mask) : ColumnTerm
    {
        private readonly Vector128<byte> _table = TableOf(mask);

        internal override int Cost => 1;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits)
        {
            var values = MemoryMarshal.Cast<byte, Vector128<byte>>(chunk.Words[(int)column]);
            for (var i = 0; i < hits.Length; i++)
                hits[i] = among[i] == 0 ? 0 : Bits(values[i * 4]) | Bits(values[i * 4 + 1]) << 16 | Bits(values[i * 4 + 2]) << 32 | Bits(values[i * 4 + 3]) << 48;
        }

        private ulong Bits(Vector128<byte> values) => Vector128.Shuffle(_table, values).ExtractMostSignificantBits();

        private static Vector128<byte> TableOf(ulong mask)
        {
            Span<byte> table = stackalloc byte[16];
            for (var i = 0; i < 16; i++)
                table[i] = (mask >> i & 1) != 0 ? (byte)0xff : (byte)0;
            return Vector128.Create<byte>(table);
        }
    }

    internal sealed class OfCode(Func<GuestChunk, int[]> column, CodeSet codes) : ColumnTerm
    {
        internal override bool IsEmpty => codes.IsFew && codes.Few.IsEmpty;

        internal override int Cost => codes.IsFew ? 2 : 4;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits)
        {
            hits.Clear();
            if (codes.IsFew)
            {
                var values = MemoryMarshal.Cast<int, Vector256<int>>(column(chunk));
                foreach (var code in codes.Few)
                    Equal(values, Vector256.Create(code), among, hits);
                return;
            }
            var all = column(chunk);
            for (var i = 0; i < hits.Length; i++)
                for (var rest = among[i]; rest != 0; rest &= rest - 1)
                    hits[i] |= codes.Has(all[i << 6 | BitOperations.TrailingZeroCount(rest)]) ? rest & (0 - rest) : 0;
        }

        private static void Equal(ReadOnlySpan<Vector256<int>> values, Vector256<int> code, ReadOnlySpan<ulong> among, Span<ulong> hits)
        {
            for (var i = 0; i < hits.Length; i++)
            {
                if (among[i] == 0)
                    continue;
                ulong word = 0;
                for (var j = 7; j >= 0; j--)
                    word = word << 8 | Vector256.Equals(values[i * 8 + j], code).ExtractMostSignificantBits();
                hits[i] |= word;
            }
        }
    }

    internal sealed class OfInt(Func<GuestChunk, int[]> column, Check.OfNumber check) : ColumnTerm
    {
        internal override int Cost => 2;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits)
        {
            hits.Clear();
            var values = MemoryMarshal.Cast<int, Vector256<int>>(column(chunk));
            foreach (var (from, to) in check.Ranges)
            {
                if (from > int.MaxValue || to < int.MinValue || from > to)
                    continue;
                var low = Vector256.Create((int)Math.Max(from, int.MinValue));
                var high = Vector256.Create((int)Math.Min(to, int.MaxValue));
                for (var i = 0; i < hits.Length; i++)
                {
                    if (among[i] == 0)
                        continue;
                    ulong word = 0;
                    for (var j = 7; j >= 0; j--)
                        word = word << 8 | (Vector256.GreaterThanOrEqual(values[i * 8 + j], low) & Vector256.LessThanOrEqual(values[i * 8 + j], high)).ExtractMostSignificantBits();
                    hits[i] |= word;
                }
            }
        }
    }

    /// <param name="column">The values.</param>
    /// <param name="check">The ranges.</param>
    /// <param name="zeroIsAbsent">Whether 0 stands for an unknown value, which is in no range.</param>
    internal sealed class OfLong(Func<GuestChunk, long[]> column, Check.OfNumber check, bool zeroIsAbsent) : ColumnTerm
    {
        internal override int Cost => 3;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits)
        {
            hits.Clear();
            var values = MemoryMarshal.Cast<long, Vector256<long>>(column(chunk));
            foreach (var (from, to) in check.Ranges)
            {
                var (low, high) = (Vector256.Create(zeroIsAbsent ? Math.Max(from, 1) : from), Vector256.Create(to));
                for (var i = 0; i < hits.Length; i++)
                {
                    if (among[i] == 0)
                        continue;
                    ulong word = 0;
                    for (var j = 15; j >= 0; j--)
                        word = word << 4 | (Vector256.GreaterThanOrEqual(values[i * 16 + j], low) & Vector256.LessThanOrEqual(values[i * 16 + j], high)).ExtractMostSignificantBits();
                    hits[i] |= word;
                }
            }
        }
    }

    /// <summary>Names, found beforehand in their order and buffer.</summary>
    internal sealed class OfName(NameHits names) : ColumnTerm
    {
        /// <summary>Where in the order of names the hits begin.</summary>
        internal int First => names.First;

        internal int Last => names.Last;

        internal override int Cost => 0;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits) => names.CopyTo(chunk.Number, hits);
    }

    /// <summary>Free text: any of several.</summary>
    internal sealed class OfAny(ColumnTerm[] terms) : ColumnTerm
    {
        internal override int Cost { get; } = terms.Sum(t => t.Cost) + 1;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits)
        {
            hits.Clear();
            Span<ulong> one = stackalloc ulong[hits.Length];
            foreach (var term in terms)
            {
                term.Fill(chunk, among, one);
                for (var i = 0; i < hits.Length; i++)
                    hits[i] |= one[i];
            }
        }
    }

    /// <summary>What has no column: the record is read. Runs last, over what the other terms left.</summary>
    internal sealed class OfRecord(CompiledTerm<Guest> term, Books books) : ColumnTerm
    {
        internal override int Cost => 1000;

        internal override void Fill(GuestChunk chunk, ReadOnlySpan<ulong> among, Span<ulong> hits)
        {
            hits.Clear();
            for (var i = 0; i < hits.Length; i++)
                for (var rest = among[i]; rest != 0; rest &= rest - 1)
                    if (chunk.Read(i << 6 | BitOperations.TrailingZeroCount(rest), books) is { } guest && term.Fits(guest))
                        hits[i] |= rest & (0 - rest);
        }
    }
}
