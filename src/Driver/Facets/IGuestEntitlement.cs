using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Change the processing that a guest is promised, where the system has such a thing, together with the rest of its size.</summary>
public interface IGuestEntitlement : IGuestResize
{
    /// <param name="guest">The guest.</param>
    /// <param name="vcpus">How many, or null to keep.</param>
    /// <param name="memory">Bytes, or null to keep.</param>
    /// <param name="units">As <see cref="Entitlement.Units"/>.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, decimal units, CancellationToken cancellationToken);
}
