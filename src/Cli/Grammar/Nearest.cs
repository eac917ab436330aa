namespace Anyvisor.Cli.Grammar;

/// <summary>The known word that a mistyped one was likely meant to be.</summary>
internal static class Nearest
{
    internal static string? To(string word, IEnumerable<string> known)
    {
        // One slip in three letters is a slip; more is another word.
        var allowed = Math.Max(1, (word.Length + 1) / 3);
        return known
            .Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(pair => pair.distance <= allowed || (word.Length >= 2 && pair.candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(static pair => pair.distance)
            .Select(static pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>Insertions, deletions and replacements from one word to the other, regardless of case.</summary>
    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var current = new int[right.Length + 1];
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (same ? 0 : 1));
            }
            previous = current;
        }
        return previous[right.Length];
    }
}
