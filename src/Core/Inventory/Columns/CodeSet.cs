using System.Collections.Immutable;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>The codes of a book whose values pass a check.</summary>
internal sealed class CodeSet
{
    private const int FewAtMost = 3;
    private readonly ulong[] _bits;

    private CodeSet(ulong[] bits, ImmutableArray<int> few) => (_bits, Few, IsFew) = (bits, few, few.Length <= FewAtMost);

    /// <summary>Whether comparing with each code is quicker than looking codes up.</summary>
    internal bool IsFew { get; }

    /// <summary>The codes, where they are few.</summary>
    internal ImmutableArray<int> Few { get; }

    internal bool Has(int code) => (uint)code >> 6 < (uint)_bits.Length && (_bits[code >> 6] >> code & 1) != 0;

    /// <param name="count">How many codes the book has.</param>
    /// <param name="fits">Whether the value of a code passes; code 0 is the absent one.</param>
    internal static CodeSet Of(int count, Func<int, bool> fits)
    {
        var bits = new ulong[(count + 63) / 64];
        var few = ImmutableArray.CreateBuilder<int>(FewAtMost + 1);
        for (var code = 0; code < count; code++)
        {
            if (!fits(code))
                continue;
            bits[code >> 6] |= 1UL << code;
            if (few.Count <= FewAtMost)
                few.Add(code);
        }
        return new CodeSet(bits, few.ToImmutable());
    }
}
