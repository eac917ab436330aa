using Anyvisor.Core.Store;

namespace Anyvisor.Server.Startup;

/// <summary>
/// Holds requests back until the estate is loaded: the server listens while it loads, so that neither waits for the
/// other, and nobody is shown half an estate. Whether it lives and is ready is answered at once.
/// </summary>
internal sealed class StartGate(Task ready, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal bool IsOpen => ready.IsCompletedSuccessfully;

    internal Task InvokeAsync(HttpContext http, RequestDelegate next) =>
        IsOpen || http.Request.Path == "/healthz" || http.Request.Path == "/readyz" ? next(http) : WaitAsync(http, next);

    private async Task WaitAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await ready.WaitAsync(Patience, time, http.RequestAborted);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new StoreException(StoreFault.Closed, "The server is starting: it loads its estate. Ask again in a moment.", error);
        }
        await next(http);
    }
}
