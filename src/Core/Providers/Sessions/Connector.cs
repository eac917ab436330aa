using Anyvisor.Driver;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>Signs in with a deadline, and says what, where and what to do when that fails.</summary>
internal static partial class Connector
{
    public static async Task<IProviderConnection> ConnectAsync(
        IDriver driver,
        ProviderAddress address,
        ProviderOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var redactor = new Redactor(address);
        using var limit = new CancellationTokenSource(options.ConnectDeadline, time);
        // Not disposed with the call: a driver that goes on regardless still looks at its token.
        var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var connecting = Task.Run(() => driver.ConnectAsync(address, new DriverContext(time, loggers), ends.Token), CancellationToken.None);
        try
        {
            return await connecting.WaitAsync(ends.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The driver gave no connection.");
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // Should it come after all, it has to be closed again.
            _ = CloseLateAsync(connecting);
            cancellationToken.ThrowIfCancellationRequested();
            throw new ProviderException(
                ProviderError.TimedOut,
                $"The provider '{address.Provider}' did not let us in at {address.Url} within {options.ConnectDeadline.TotalSeconds:0.#} s. Check the address, the service there, and firewalls on the way."
            );
        }
        catch (ProviderException exception)
        {
            throw Faults.Cleaned(exception, redactor);
        }
        catch (Exception exception)
        {
            LogDefect(loggers.CreateLogger(typeof(Connector)), address.Provider, redactor.Clean(exception.ToString()));
            throw Faults.Contained(exception, address.Provider, "while it connected");
        }
    }

    private static async Task CloseLateAsync(Task<IProviderConnection> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully && await connecting.ConfigureAwait(false) is { } late)
            await late.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The driver of {provider} threw what no driver may throw when it connected: {detail}")]
    private static partial void LogDefect(ILogger log, string provider, string detail);
}
