using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>The reset button.</summary>
public interface IGuestReset
{
    Task ResetAsync(Guest guest, CancellationToken cancellationToken);
}
