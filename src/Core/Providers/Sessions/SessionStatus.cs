using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>How a session stands. Immutable; replaced whole.</summary>
internal sealed record SessionStatus
{
    public required ProviderState State { get; init; }

    /// <summary>Since when the state holds, UTC.</summary>
    public required DateTime Since { get; init; }
    public ProviderProblem? Problem { get; init; }

    /// <summary>What was found at the other end, now or the last time.</summary>
    public ProviderAbout? About { get; init; }

    /// <summary>When the last full listing was whole, UTC.</summary>
    public DateTime? SyncedAt { get; init; }

    /// <summary>When anything was last heard, UTC.</summary>
    public DateTime? HeardAt { get; init; }

    /// <summary>How many full listings were whole since the session began.</summary>
    public long Listings { get; init; }
}
