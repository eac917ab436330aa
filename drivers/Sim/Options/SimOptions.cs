using System.Collections.Immutable;

namespace Anyvisor.Drivers.Sim.Options;

/// <summary>What a <c>sim:</c> URL asks for.</summary>
internal sealed record SimOptions
{
    public int Hosts { get; init; } = 24;
    public int Guests { get; init; } = 500;

    /// <summary>Volumes that stand for themselves in the listing; null for a tenth of the guests.</summary>
    public int? Volumes { get; init; }
    public ulong Seed { get; init; } = 1;

    /// <summary>Changes a second.</summary>
    public double Churn { get; init; } = 1;

    /// <summary>How long each call takes.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How often a full listing comes by itself; zero for never.</summary>
    public TimeSpan Relist { get; init; }

    /// <summary>Whether each guest comes with a native document.</summary>
    public bool Native { get; init; }
    public ImmutableArray<SimFault> Faults { get; init; } = [];

    public int VolumeCount => Math.Min(Volumes ?? Guests / 10, Guests);
}

/// <summary>Something that the simulated system does wrong.</summary>
internal enum FaultKind : byte
{
    /// <summary>The connection is not accepted.</summary>
    Refuse,

    /// <summary>Our credentials are not accepted.</summary>
    Auth,

    /// <summary>Nothing is answered any more: no change, no heartbeat, no end of a call.</summary>
    Hang,

    /// <summary>The line breaks.</summary>
    Drop,

    /// <summary>What comes is not the protocol.</summary>
    Garbage,

    /// <summary>Listings after the first are empty, with success.</summary>
    Empty,

    /// <summary>Listings after the first lack every other guest, with success.</summary>
    Half,
}

/// <param name="Kind">What happens.</param>
/// <param name="After">How long after the connection was made.</param>
internal sealed record SimFault(FaultKind Kind, TimeSpan After);
