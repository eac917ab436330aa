using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>Calls to providers through their sessions, by facet.</summary>
internal sealed class ProviderCalls(ProviderRegistry registry)
{
    /// <summary>For what a person waits for.</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromSeconds(30);

    /// <summary>For one step of a task: disks are copied in it.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromHours(6);

    /// <exception cref="CommandException">No provider has that name.</exception>
    public string Require(string provider) =>
        registry.Has(provider) ? provider : throw ProblemFactory.NotFound("provider", provider, [.. registry.Names.Order(StringComparer.Ordinal).Take(20)]);

    public IEnumerable<string> Names => registry.Names;

    /// <summary>What the driver of this provider is and can do.</summary>
    public DriverInfo? DriverOf(string provider) => registry.DriverInfoOf(provider);

    /// <summary>The line to the provider; null while there is none.</summary>
    public IProviderConnection? Connection(string provider) => registry.Connection(provider);

    /// <summary>Asks for a listing now.</summary>
    public void Refresh(string provider) => registry.Connection(provider)?.RequestRefresh();

    /// <summary>Calls a facet of the provider's connection.</summary>
    /// <exception cref="ProviderException">No connection, or what the call says; not capable where the facet is lacking.</exception>
    public Task<T> CallAsync<TFacet, T>(
        string provider,
        string operation,
        Func<TFacet, CancellationToken, Task<T>> call,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
        where TFacet : class =>
        registry.CallAsync(
            provider,
            operation,
            (connection, token) => connection is TFacet facet ? call(facet, token) : Task.FromException<T>(Lacks(connection, operation)),
            deadline,
            cancellationToken
        );

    /// <inheritdoc cref="CallAsync{TFacet,T}"/>
    public Task CallAsync<TFacet>(
        string provider,
        string operation,
        Func<TFacet, CancellationToken, Task> call,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
        where TFacet : class =>
        CallAsync<TFacet, bool>(
            provider,
            operation,
            async (facet, token) =>
            {
                await call(facet, token).ConfigureAwait(false);
                return true;
            },
            deadline,
            cancellationToken
        );

    /// <summary>The guest as the system shows it this moment.</summary>
    public Task<Guest?> ReadGuestAsync(string provider, NativeId guest, CancellationToken cancellationToken) =>
        registry.CallAsync(provider, "read-guest", (connection, token) => connection.ReadGuestAsync(guest, token), Quick, cancellationToken);

    /// <summary>Lays out work at the provider.</summary>
    public Task<WorkPlan> PlanAsync<TFacet>(
        string provider,
        string operation,
        Func<TFacet, CancellationToken, Task<WorkPlan>> plan,
        CancellationToken cancellationToken
    )
        where TFacet : class => CallAsync(provider, operation, plan, Quick, cancellationToken);

    private static ProviderException Lacks(IProviderConnection connection, string operation) =>
        new(ProviderError.NotCapable, $"{connection.About.Product} {connection.About.Version} has no {operation}.");
}
