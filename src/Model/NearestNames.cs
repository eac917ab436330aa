using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>Finds what a person could have meant by a name that does not exist.</summary>
public static class NearestNames
{
    private const int LongestCompared = 64;

    /// <summary>At most three known names near to the wrong one, nearest first; none when nothing is near.</summary>
    public static ImmutableArray<string> To(string wrong, IEnumerable<string> known)
    {
        if (wrong.Length is 0 or > LongestCompared)
            return [];
        var limit = Math.Max(2, wrong.Length / 2);
        return
        [
            .. known
                .Distinct(StringComparer.Ordinal)
                .Select(name => (Name: name, Distance: Distance(wrong, name)))
                .Where(candidate => candidate.Distance <= limit)
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(3)
                .Select(candidate => candidate.Name),
        ];
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours, letters' case aside; a mere prefix is near.</summary>
    private static int Distance(string left, string right)
    {
        if (right.StartsWith(left, StringComparison.OrdinalIgnoreCase))
            return 1;
        var beforeLast = new int[right.Length + 1];
        var last = new int[right.Length + 1];
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
            last[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, row) = (last, row, beforeLast);
        }
        return last[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
