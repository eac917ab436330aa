using System.Collections.Immutable;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>Finds what somebody who mistyped may have meant.</summary>
internal static class Nearest
{
    private const int Most = 3;

    internal static ImmutableArray<string> To(string written, IEnumerable<string> known)
    {
        var limit = Math.Max(2, written.Length / 3);
        return
        [
            .. known
                .Select(name => (Name: name, Distance: name.StartsWith(written, StringComparison.OrdinalIgnoreCase) ? 1 : Distance(written, name)))
                .Where(n => n.Distance <= limit)
                .OrderBy(n => n.Distance)
                .ThenBy(n => n.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(n => n.Name),
        ];
    }

    /// <summary>Edit distance in which two letters in the wrong order count once.</summary>
    internal static int Distance(string left, string right)
    {
        var (before, previous, current) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var j = 0; j <= right.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
            }
            (before, previous, current) = (previous, current, before);
        }
        return previous[right.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
