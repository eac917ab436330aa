using System.Collections.Immutable;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Watching;

/// <summary>A user as it was last seen. Immutable: swapped whole.</summary>
internal sealed record KnownUser
{
    public required string UserId { get; init; }
    public required UserEntry Entry { get; init; }

    /// <summary>The member that it runs on; null when it does not run on any that we see.</summary>
    public string? RunsOn { get; init; }

    /// <summary>The system's own word for its state.</summary>
    public string Word { get; init; } = PowerWord.Off;

    /// <summary>Whether the word was said of this user, or follows from its absence among those that run.</summary>
    public ObservationSource Source { get; init; }
    public DateTime ObservedAt { get; init; }
    public RunningFacts Running { get; init; } = new();

    /// <summary>The member whose interface lets us change it; null where none does.</summary>
    public string? ManagedBy { get; init; }
    public ImmutableArray<AdapterFacts> Adapters { get; init; } = [];
    public InsideFacts? Inside { get; init; }
}
