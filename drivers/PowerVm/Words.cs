using System.Diagnostics.CodeAnalysis;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>Compares the console's words without case, blanks and bars.</summary>
internal sealed class Words : IEqualityComparer<string>
{
    private Words() { }

    public static Words Comparer { get; } = new();

    public bool Equals(string? x, string? y) => x is null || y is null ? ReferenceEquals(x, y) : Bare(x).SequenceEqual(Bare(y));

    public int GetHashCode([DisallowNull] string obj) => string.GetHashCode(Bare(obj), StringComparison.Ordinal);

    private static string Bare(string word) =>
        string.Create(word.Count(Counts), word, static (bare, from) =>
        {
            var at = 0;
            foreach (var c in from)
                if (Counts(c))
                    bare[at++] = char.ToLowerInvariant(c);
        });

    private static bool Counts(char c) => c is not (' ' or '_' or '\t');
}
