using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>What a resize reached.</summary>
public enum ResizeOutcome : byte
{
    /// <summary>The guest has it now.</summary>
    Applied,

    /// <summary>The definition is changed; a running guest gets it at its next start.</summary>
    AtNextStart,
}

/// <summary>Change a guest's processors and memory.</summary>
public interface IGuestResize
{
    /// <param name="guest">The guest.</param>
    /// <param name="vcpus">How many, or null to keep.</param>
    /// <param name="memory">Bytes, or null to keep.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken);
}
