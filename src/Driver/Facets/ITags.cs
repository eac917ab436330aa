using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Tags kept by the system itself, with the guest.</summary>
public interface ITags
{
    /// <summary>Sets the guest's tags to exactly these.</summary>
    Task SetTagsAsync(Guest guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken);
}
