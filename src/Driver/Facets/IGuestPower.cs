using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Turn guests on and off. A guest that is there already is a <see cref="ProviderError.Conflict"/>.</summary>
public interface IGuestPower
{
    Task StartAsync(Guest guest, CancellationToken cancellationToken);

    /// <summary>Pulls the plug.</summary>
    Task StopAsync(Guest guest, CancellationToken cancellationToken);
}
