using Anyvisor.Model;

namespace Anyvisor.Driver;

/// <summary>
/// The code that speaks to one kind of provider. Stateless and safe to call from many threads; it knows no store,
/// no HTTP of ours and no other driver.
/// </summary>
public interface IDriver
{
    /// <summary>Kind, settings, and what it can do: see <see cref="FacetVerbs"/>.</summary>
    DriverInfo Info { get; }

    /// <summary>
    /// Says what is wrong with an address before anything is sent: null when it is well formed.
    /// </summary>
    string? Validate(ProviderAddress address);

    /// <summary>Signs in and finds out what this system and version can do.</summary>
    /// <exception cref="ProviderException">It can't be reached, refuses us, or is not what the URL says.</exception>
    Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken);
}
