using System.Collections.Concurrent;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>Keeps words that come again with every guest (types, versions, networks) once. Thread-safe.</summary>
internal sealed class Interner
{
    /// <summary>More different words than that are no vocabulary: they are kept by whoever has them.</summary>
    private const int Most = 20_000;

    private readonly ConcurrentDictionary<string, string> _words = new(StringComparer.Ordinal);
    private int _count;

    public string Of(string word)
    {
        if (_words.TryGetValue(word, out var known))
            return known;
        if (_count < Most && _words.TryAdd(word, word))
            _ = Interlocked.Increment(ref _count);
        return word;
    }
}
