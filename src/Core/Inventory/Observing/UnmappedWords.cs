using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>Words of systems that no table of ours maps: each is logged once and counted, and the guest shows it.</summary>
internal sealed partial class UnmappedWords(ILogger logger)
{
    /// <summary>A system that makes words up shall not fill our memory.</summary>
    private const int Most = 1000;

    private readonly ConcurrentDictionary<(string Provider, string Word), long> _counts = new();

    internal IReadOnlyDictionary<(string Provider, string Word), long> Counts => _counts;

    internal void Note(string provider, string word)
    {
        if (_counts.Count >= Most && !_counts.ContainsKey((provider, word)))
            return;
        if (_counts.AddOrUpdate((provider, word), 1, (_, count) => count + 1) == 1)
            LogUnmapped(logger, provider, word);
    }

    [LoggerMessage(1, LogLevel.Warning, "Provider {Provider} says '{Word}' of a guest's state, which no table maps: its power is shown as unknown")]
    private static partial void LogUnmapped(ILogger logger, string provider, string word);
}
