using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Read guests' counters, many in one call where the system can.</summary>
public interface IGuestMetrics
{
    Task<ImmutableDictionary<NativeId, GuestMetrics>> ReadMetricsAsync(
        ImmutableArray<NativeId> guests,
        CancellationToken cancellationToken
    );
}
