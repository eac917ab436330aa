using System.Collections.Immutable;

namespace Anyvisor.Cli.Grammar;

/// <summary><c>key=value</c> as given on the command line; the value may hold further equals signs.</summary>
internal static class Pairs
{
    internal static ImmutableDictionary<string, string> Parse(IEnumerable<string>? pairs, string flag)
    {
        var parsed = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var pair in pairs ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw CliException.Usage($"{flag} takes key=value, not '{pair}'.");
            if (!parsed.TryAdd(pair[..at], pair[(at + 1)..]))
                throw CliException.Usage($"{flag} gives '{pair[..at]}' twice.");
        }
        return parsed.ToImmutable();
    }
}
