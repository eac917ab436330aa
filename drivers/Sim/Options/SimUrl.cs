using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Options;

/// <summary>Reads <c>sim:?hosts=1000&amp;guests=1000000&amp;seed=1&amp;churn=5000</c>, and nothing that is not meant.</summary>
internal static class SimUrl
{
    public const string Example = "sim:?hosts=1000&guests=1000000&seed=1&churn=5000";
    private const int MostHosts = 100_000;
    private const int MostGuests = 5_000_000;
    private const int MostChurn = 1_000_000;

    private static readonly ImmutableArray<string> Names =
        ["hosts", "guests", "volumes", "seed", "churn", "latency", "relist", "native", "fault"];

    /// <returns>What is wrong, for a person; null when <paramref name="options"/> holds.</returns>
    public static string? TryParse(string url, out SimOptions options)
    {
        options = new SimOptions();
        if (!url.StartsWith("sim:", StringComparison.Ordinal))
            return $"The URL '{url}' does not begin with 'sim:'. Write it like {Example}";
        var rest = url["sim:".Length..];
        if (rest.Length == 0)
            return null;
        if (rest[0] != '?')
            return $"The URL '{url}' has something other than options after 'sim:'. Write it like {Example}";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in rest[1..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                return $"'{pair}' in the URL is not NAME=VALUE.";
            var (name, value) = (pair[..equals], Uri.UnescapeDataString(pair[(equals + 1)..]));
            if (!seen.Add(name))
                return $"The URL gives '{name}' twice.";
            if (Apply(name, value, ref options) is { } problem)
                return problem;
        }
        return null;
    }

    private static string? Apply(string name, string value, ref SimOptions options)
    {
        switch (name)
        {
            case "hosts":
                return Whole(name, value, 1, MostHosts, out var hosts) ?? Set(out options, options with { Hosts = (int)hosts });
            case "guests":
                return Whole(name, value, 0, MostGuests, out var guests) ?? Set(out options, options with { Guests = (int)guests });
            case "volumes":
                return Whole(name, value, 0, MostGuests, out var volumes) ?? Set(out options, options with { Volumes = (int)volumes });
            case "seed":
                return Whole(name, value, 0, long.MaxValue, out var seed) ?? Set(out options, options with { Seed = (ulong)seed });
            case "churn":
                return Rate(name, value, out var churn) ?? Set(out options, options with { Churn = churn });
            case "latency":
                return Duration(name, value, out var latency) ?? Set(out options, options with { Latency = latency });
            case "relist":
                return Duration(name, value, out var relist) ?? Set(out options, options with { Relist = relist });
            case "native":
                return Flag(name, value, out var native) ?? Set(out options, options with { Native = native });
            case "fault":
                return Faults(value, out var faults) ?? Set(out options, options with { Faults = faults });
            default:
                var nearest = NearestNames.To(name, Names);
                return $"A sim URL has no option '{name}'."
                    + (nearest.IsEmpty ? $" There are: {string.Join(", ", Names)}." : $" Did you mean {string.Join(" or ", nearest)}?");
        }
    }

    private static string? Set(out SimOptions target, SimOptions value)
    {
        target = value;
        return null;
    }

    private static string? Whole(string name, string value, long least, long most, out long number) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most
            ? null
            : $"'{name}={value}' has to be a whole number from {least} to {most}.";

    private static string? Rate(string name, string value, out double rate) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out rate) && rate is >= 0 and <= MostChurn
            ? null
            : $"'{name}={value}' has to be changes a second, from 0 to {MostChurn}.";

    private static string? Flag(string name, string value, out bool flag) =>
        bool.TryParse(value, out flag) ? null : $"'{name}={value}' has to be true or false.";

    private static string? Duration(string name, string value, out TimeSpan duration)
    {
        var (digits, scale) = value switch
        {
            _ when value.EndsWith("ms", StringComparison.Ordinal) => (value[..^2], 0.001),
            _ when value.EndsWith('s') => (value[..^1], 1d),
            _ when value.EndsWith('m') => (value[..^1], 60d),
            _ => (value, 1d),
        };
        duration = default;
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number * scale > 86_400)
            return $"'{name}={value}' has to be a length of time up to a day, like 50ms, 2s or 1m.";
        duration = TimeSpan.FromSeconds(number * scale);
        return null;
    }

    private static string? Faults(string value, out ImmutableArray<SimFault> faults)
    {
        var list = ImmutableArray.CreateBuilder<SimFault>();
        faults = [];
        foreach (var item in value.Split(','))
        {
            var at = item.IndexOf('@', StringComparison.Ordinal);
            var word = at < 0 ? item : item[..at];
            var after = TimeSpan.Zero;
            if (at >= 0 && Duration("fault", item[(at + 1)..], out after) is { } problem)
                return problem;
            if (!Enum.GetValues<FaultKind>().Any(known => Word(known) == word))
            {
                var words = Enum.GetValues<FaultKind>().Select(Word);
                return $"There is no fault '{word}'. There are: {string.Join(", ", words)}; each can have a time, like drop@10s.";
            }
            list.Add(new SimFault(Enum.GetValues<FaultKind>().First(known => Word(known) == word), after));
        }
        faults = list.ToImmutable();
        return null;
    }

    private static string Word(FaultKind kind) =>
        kind switch
        {
            FaultKind.Refuse => "refuse",
            FaultKind.Auth => "auth",
            FaultKind.Hang => "hang",
            FaultKind.Drop => "drop",
            FaultKind.Garbage => "garbage",
            FaultKind.Empty => "empty",
            _ => "half",
        };
}
