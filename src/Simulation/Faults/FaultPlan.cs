using System.Collections.Immutable;
using System.Globalization;

namespace Anyvisor.Simulation.Faults;

/// <summary>
/// The faults of a simulation, from words such as <c>slow=2s</c>, <c>garbage=0.01</c>, <c>expire-session=30s</c>.
/// A value is a probability (0 to 1), a duration (<c>250ms</c>, <c>2s</c>, <c>1m</c>) or both (<c>slow=0.1@2s</c>).
/// </summary>
public sealed class FaultPlan
{
    /// <summary>Every answer waits.</summary>
    public const string Slow = "slow";

    /// <summary>The connection is cut: half of the times before the call is done, half of the times after it.</summary>
    public const string Drop = "drop";

    /// <summary>The answer is cut short, or has bytes changed.</summary>
    public const string Garbage = "garbage";

    /// <summary>A session is forgotten that long after its sign-in.</summary>
    public const string ExpireSession = "expire-session";

    /// <summary>An event is not told.</summary>
    public const string LoseEvents = "lose-events";

    private readonly ImmutableSortedDictionary<string, Fault> _faults;

    private FaultPlan(ImmutableSortedDictionary<string, Fault> faults) => _faults = faults;

    public static FaultPlan None { get; } = new(ImmutableSortedDictionary<string, Fault>.Empty);

    public Fault? this[string name] => _faults.GetValueOrDefault(name);

    /// <exception cref="SimulationException">A word is malformed, given twice, or no fault of this simulator.</exception>
    public static FaultPlan Parse(IEnumerable<string> words, ImmutableArray<string> known)
    {
        var faults = ImmutableSortedDictionary.CreateBuilder<string, Fault>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var (name, value) = word.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (word[..at], word[(at + 1)..]) : (word, "1");
            if (!known.Contains(name))
                throw new SimulationException($"There is no fault '{name}' here: there are {string.Join(", ", known)}.");
            if (!faults.TryAdd(name, Value(name, value)))
                throw new SimulationException($"The fault '{name}' is given twice.");
        }
        return new FaultPlan(faults.ToImmutable());
    }

    private static Fault Value(string name, string value)
    {
        var parts = value.Split('@');
        var probability = parts.Length == 2 || Duration(parts[0]) is null ? Probability(parts[0]) : 1;
        var duration = parts.Length == 2 ? Duration(parts[1]) : Duration(parts[0]) ?? TimeSpan.Zero;
        return parts.Length <= 2 && probability is { } p && duration is { } d
            ? new Fault(name, p, d)
            : throw new SimulationException($"The fault '{name}={value}' has no sense: give a probability ({name}=0.01), a duration ({name}=2s) or both ({name}=0.1@2s).");
    }

    private static double? Probability(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var p) && p is >= 0 and <= 1 ? p : null;

    private static TimeSpan? Duration(string text)
    {
        var unit = text.AsSpan().TrimStart("0123456789.").ToString();
        double? milliseconds = unit switch { "ms" => 1, "s" => 1000, "m" => 60_000, _ => null };
        return milliseconds is { } factor
            && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            && count * factor <= TimeSpan.FromDays(1).TotalMilliseconds
            ? TimeSpan.FromMilliseconds(count * factor)
            : null;
    }
}
