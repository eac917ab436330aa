using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Simulate;

/// <summary>A command line that can't be followed; the message says what to type.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Which simulator, and how it is to be.</summary>
/// <param name="Name">The provider's name in the line that is printed.</param>
internal sealed record SimulateLine(ISimulator Simulator, SimulationOptions Options, string Name);

/// <summary>Reads <c>SYSTEM --listen 127.0.0.1:PORT --hosts N --guests N --seed S --fault F ...</c>.</summary>
internal static class SimulateCommandLine
{
    private const int MostHosts = 10_000;
    private const int MostGuests = 1_000_000;

    /// <summary>Null where help is asked for.</summary>
    /// <exception cref="UsageException">A word is unknown, has no value, or a wrong one.</exception>
    internal static SimulateLine? Parse(IReadOnlyList<string> arguments, ImmutableArray<ISimulator> simulators)
    {
        if (arguments.Any(a => a is "--help" or "-h"))
            return null;
        var (system, flags) = Split(arguments);
        var simulator = simulators.FirstOrDefault(s => s.Info.System == system)
            ?? throw new UsageException((system is null ? "Which system?" : $"There is no simulator for '{system}'.")
                + $" There are: {string.Join(", ", simulators.Select(s => s.Info.System))}.");
        var info = simulator.Info;
        var options = new SimulationOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Hosts = info.DefaultHosts,
            Guests = info.DefaultGuests,
            Loggers = NullLoggerFactory.Instance,
        };
        var faults = new List<string>();
        var name = system!;
        foreach (var (flag, value) in flags)
            switch (flag)
            {
                case "--fault": faults.Add(value); break;
                case "--name": name = value; break;
                default: options = Apply(options, info, flag, value); break;
            }
        if (options.Hosts == 0 && options.Guests > 0)
            throw new UsageException("Guests need a host to be on: give --hosts 1 or more, or --guests 0.");
        return new SimulateLine(simulator, options with { Faults = FaultPlan.Parse(faults, info.Faults) }, name);
    }

    internal static string Help(ImmutableArray<ISimulator> simulators)
    {
        var text = new StringBuilder("""
            anyvisor simulate SYSTEM: be a system that can't run on a developer's machine, with its true wire protocol.

              --listen ADDRESS:PORT  where to listen (127.0.0.1, a free port)
              --hosts N              how many hosts
              --guests N             how many guests, over all hosts
              --seed S               the same seed makes the same estate (1)
              --fault NAME=VALUE     a fault, how likely (drop=0.01), how long (slow=2s) or both (slow=0.1@2s); may be repeated
              --set KEY=VALUE        a setting of the system; may be repeated
              --data DIR             where its password and certificate are kept (below the temporary folder)
              --name NAME            the provider's name in the line that is printed

            Systems:

            """);
        foreach (var info in simulators.Select(s => s.Info))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {info.System,-10} {info.Description}; {info.DefaultHosts} hosts and {info.DefaultGuests} guests")
                .AppendLine(CultureInfo.InvariantCulture, $"             faults: {string.Join(", ", info.Faults)}");
            foreach (var (key, meaning) in info.Settings)
                text.AppendLine(CultureInfo.InvariantCulture, $"             --set {key}=...: {meaning}");
        }
        return text.ToString().TrimEnd();
    }

    private static (string? System, List<(string Flag, string Value)> Flags) Split(IReadOnlyList<string> arguments)
    {
        string? system = null;
        var flags = new List<(string, string)>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (!word.StartsWith("--", StringComparison.Ordinal))
                system = system is null ? word : throw new UsageException($"One system at a time: '{system}' or '{word}'?");
            else if (word.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                flags.Add((word[..at], word[(at + 1)..]));
            else
                flags.Add((word, ++i < arguments.Count ? arguments[i] : throw new UsageException($"{word} needs a value.")));
        }
        return (system, flags);
    }

    private static SimulationOptions Apply(SimulationOptions options, SimulatorInfo info, string flag, string value) => flag switch
    {
        "--listen" => options with { Listen = Address(value) },
        "--hosts" => options with { Hosts = Count(flag, value, MostHosts) },
        "--guests" => options with { Guests = Count(flag, value, MostGuests) },
        "--seed" => options with { Seed = Count(flag, value, int.MaxValue) },
        "--data" => options with { Folder = value },
        "--set" => Set(options, info, value),
        _ => throw new UsageException($"Unknown flag '{flag}': 'anyvisor simulate --help' lists them."),
    };

    private static SimulationOptions Set(SimulationOptions options, SimulatorInfo info, string word)
    {
        var at = word.IndexOf('=', StringComparison.Ordinal);
        if (at < 1)
            throw new UsageException($"--set takes KEY=VALUE, not '{word}'.");
        if (!info.Settings.ContainsKey(word[..at]))
            throw new UsageException($"There is no setting '{word[..at]}' here: there are {(info.Settings.IsEmpty ? "none" : string.Join(", ", info.Settings.Keys))}.");
        return options with { Settings = options.Settings.SetItem(word[..at], word[(at + 1)..]) };
    }

    private static IPEndPoint Address(string text) =>
        IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var address) && text.Contains(':', StringComparison.Ordinal)
            ? address
            : throw new UsageException($"--listen takes an address with a port, as 127.0.0.1:12443, not '{text}'.");

    private static int Count(string flag, string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= most
            ? count
            : throw new UsageException($"{flag} takes a number up to {most}, not '{text}'.");
}
