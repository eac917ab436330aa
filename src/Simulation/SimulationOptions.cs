using System.Collections.Immutable;
using System.Net;
using Anyvisor.Simulation.Faults;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Simulation;

/// <summary>How a simulated system is to be.</summary>
public sealed record SimulationOptions
{
    /// <summary>Port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }
    public required int Hosts { get; init; }

    /// <summary>Over all hosts.</summary>
    public required int Guests { get; init; }

    /// <summary>The same seed makes the same estate, and the same dice for faults.</summary>
    public int Seed { get; init; } = 1;
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>
    /// Where password and certificate are kept, so that a provider that was added once works after a restart; null has
    /// one made below the system's temporary folder.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>The system's own settings, by name.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public required ILoggerFactory Loggers { get; init; }
}
