using Anyvisor.Driver;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>A connection and the gate through which it is called. Its end is bounded.</summary>
internal sealed partial class LiveConnection(
    IProviderConnection connection,
    CallGate gate,
    string provider,
    TimeSpan closeDeadline,
    TimeProvider time,
    ILogger log
) : IAsyncDisposable
{
    public IProviderConnection Connection { get; } = connection;

    public CallGate Gate { get; } = gate;

    public void RequestRefresh(ILogger sessionLog, string name)
    {
        try
        {
            Connection.RequestRefresh();
        }
        catch (Exception exception)
        {
            LogRefreshFailed(sessionLog, name, exception.GetType().Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Gate.Dispose();
        var closing = Task.Run(() => Connection.DisposeAsync().AsTask(), CancellationToken.None);
        await Bounded.EndAsync(closing, closeDeadline, time).ConfigureAwait(false);
        if (!closing.IsCompletedSuccessfully)
            LogNotClosed(log, provider, closing.Exception?.InnerException?.GetType().Name ?? "it hangs");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to {provider} did not close properly ({reason}) and is left to itself")]
    private static partial void LogNotClosed(ILogger log, string provider, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The driver of {provider} failed when it was asked for a listing: {reason}")]
    private static partial void LogRefreshFailed(ILogger log, string provider, string reason);
}
