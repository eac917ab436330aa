using Anyvisor.Core.Inventory.Filters;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>Where each of some texts stands among all of them, by folded spelling. An absent text stands first.</summary>
internal sealed class RankTable
{
    private readonly string[] _sorted;
    private readonly long[] _ranks;

    /// <param name="texts">By code; null for absent ones.</param>
    internal RankTable(IReadOnlyList<string?> texts)
    {
        var folded = texts.Select(t => t is null ? null : TextPattern.Fold(t)).ToArray();
        _sorted = [.. folded.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        var places = new Dictionary<string, long>(_sorted.Length, StringComparer.Ordinal);
        for (var i = 0; i < _sorted.Length; i++)
            places[_sorted[i]] = i * 2L;
        _ranks = [.. folded.Select(t => t is null ? -2L : places[t])];
    }

    /// <summary>Even numbers for the texts; -2 for absent.</summary>
    internal long this[int code] => code < _ranks.Length ? _ranks[code] : -2;

    /// <summary>The rank of any text: odd, between its neighbours, when it is not among them.</summary>
    internal long Of(string? text)
    {
        if (text is null)
            return -2;
        var index = Array.BinarySearch(_sorted, text, StringComparer.Ordinal);
        return index >= 0 ? index * 2L : ~index * 2L - 1;
    }
}
