using System.Collections.Immutable;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>What a term asks of its field's value, ready to run. A closed set.</summary>
internal abstract class Check
{
    private Check() { }

    /// <summary>One of the patterns fits.</summary>
    internal sealed class OfText(ImmutableArray<TextPattern> patterns) : Check
    {
        internal ImmutableArray<TextPattern> Patterns { get; } = patterns;

        internal bool Fits(string? value)
        {
            foreach (var pattern in Patterns)
                if (pattern.Fits(value))
                    return true;
            return false;
        }

        internal bool FitsFolded(string? value)
        {
            foreach (var pattern in Patterns)
                if (pattern.FitsFolded(value))
                    return true;
            return false;
        }
    }

    /// <summary>The number is in one of the ranges, both ends included. An absent number is in none.</summary>
    internal sealed class OfNumber(ImmutableArray<(long From, long To)> ranges) : Check
    {
        internal ImmutableArray<(long From, long To)> Ranges { get; } = ranges;

        internal bool Fits(long? value)
        {
            if (value is not { } number)
                return false;
            foreach (var (from, to) in Ranges)
                if (number >= from && number <= to)
                    return true;
            return false;
        }
    }

    /// <summary>The word's bit is set.</summary>
    internal sealed class OfWord(ulong mask) : Check
    {
        internal ulong Mask { get; } = mask;

        internal bool Fits(int value) => (Mask >> value & 1) != 0;
    }
}
