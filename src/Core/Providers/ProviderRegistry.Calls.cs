using Anyvisor.Core.Providers.Sessions;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers;

public sealed partial class ProviderRegistry
{
    /// <summary>
    /// Calls a provider. The caller is free at the deadline, whatever the driver does; a provider that is not connected,
    /// or answers nobody, fails at once.
    /// </summary>
    /// <param name="provider">Its name.</param>
    /// <param name="operation">A short stable word for metrics and messages: <c>start</c>, <c>console</c>.</param>
    /// <param name="call">The call. The connection is not to be kept beyond it.</param>
    /// <param name="deadline">From now on, the wait for a turn included.</param>
    /// <param name="cancellationToken">The caller gives up.</param>
    /// <exception cref="ProviderException">Everything that fails, a defect of the driver too.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<T> CallAsync<T>(
        string provider,
        string operation,
        Func<IProviderConnection, CancellationToken, Task<T>> call,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        if (!_entries.TryGetValue(provider, out var entry))
            return Task.FromException<T>(new ProviderException(ProviderError.NotFound, $"There is no provider '{provider}' any more."));
        if (entry.Session?.Live is not { } live)
            return Task.FromException<T>(Unreachable(provider, entry.Status));
        return live.Gate.RunAsync(operation, call, deadline, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T}"/>
    public Task CallAsync(
        string provider,
        string operation,
        Func<IProviderConnection, CancellationToken, Task> call,
        TimeSpan deadline,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            provider,
            operation,
            async (connection, token) =>
            {
                await call(connection, token).ConfigureAwait(false);
                return true;
            },
            deadline,
            cancellationToken
        );

    /// <summary>
    /// The provider's connection while there is one: for what is pure and quick (<see cref="IProviderConnection.Judge"/>,
    /// which facets it has). Everything that talks to the system goes through <see cref="CallAsync{T}"/>.
    /// </summary>
    public IProviderConnection? Connection(string provider) =>
        _entries.TryGetValue(provider, out var entry) ? entry.Session?.Live?.Connection : null;

    /// <summary>What the provider's driver is and can do; null when there is no provider of that name.</summary>
    public DriverInfo? DriverInfoOf(string provider) =>
        _entries.TryGetValue(provider, out var entry) ? DriversByKind.GetValueOrDefault(entry.Stored.Driver)?.Info : null;

    /// <summary>The names of all providers. Cheap: no counting.</summary>
    public IEnumerable<string> Names => _entries.Select(entry => entry.Key);

    /// <summary>How the provider stands; null when there is none of that name. Cheap: no counting.</summary>
    public ProviderState? State(string provider) => _entries.TryGetValue(provider, out var entry) ? entry.Status.State : null;

    /// <summary>
    /// For who comes right after a start of the server: waits until the provider has been listed, has failed, or
    /// <see cref="ProviderOptions.FirstListingWait"/> has passed. Later it waits for nothing.
    /// </summary>
    public Task SettleAsync(string provider, CancellationToken cancellationToken) =>
        _entries.TryGetValue(provider, out var entry)
        && entry.Session is { Status: { Listings: 0, State: ProviderState.Connecting or ProviderState.Syncing } } session
            ? WaitForListingAsync(session, 0, _services.Options.FirstListingWait, cancellationToken)
            : Task.CompletedTask;

    private static ProviderException Unreachable(string provider, SessionStatus status)
    {
        var text = status.State switch
        {
            ProviderState.Disabled => $"The provider '{provider}' is disabled. Enable it first.",
            ProviderState.Connecting => $"The provider '{provider}' is not connected yet. Try again in a moment.",
            _ => $"The provider '{provider}' has been {status.State.ToString().ToLowerInvariant()} since {status.Since:u}. {status.Problem?.Text}",
        };
        return new ProviderException(ProviderError.Unreachable, text.TrimEnd()) { NativeCode = status.Problem?.NativeCode };
    }
}
