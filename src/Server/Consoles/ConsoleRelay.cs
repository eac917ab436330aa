using System.Buffers;
using System.Net.WebSockets;
using Anyvisor.Driver;

namespace Anyvisor.Server.Consoles;

/// <summary>
/// Carries a console's bytes between a guest and a browser, each direction at the pace of its slower end: nothing is
/// piled up. Ends when either side does, when nothing moved for long, or when the server stops.
/// </summary>
internal sealed class ConsoleRelay(WebSocket socket, Stream console, TimeProvider time)
{
    internal static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(3);
    private const int BufferSize = 32 * 1024;

    private readonly record struct Ending(WebSocketCloseStatus Status, string Reason);

    internal async Task RunAsync(CancellationToken stopping, CancellationToken gone)
    {
        using var idle = new CancellationTokenSource(IdleLimit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, stopping, gone);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var signal = end.Token.Register(ended.SetResult);
        // Cancelling a receive tears the socket down, so the farewell goes first.
        using var cut = new CancellationTokenSource();
        var outward = ToBrowserAsync(idle, cut.Token);
        var inward = ToGuestAsync(idle, cut.Token);
        var first = await Task.WhenAny(outward, inward, ended.Task);
        await FarewellAsync(first is Task<Ending> side ? await EndingAsync(side) : EndingOf(stopping, gone), inward);
        await cut.CancelAsync();
        // A stream that ignores its cancellation ends when it is closed.
        await console.DisposeAsync();
        await Task.WhenAll((Task)outward, inward).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<Ending> ToBrowserAsync(CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await console.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken) is > 0 and var read)
            {
                await socket.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
                idle.CancelAfter(IdleLimit);
            }
            return new Ending(WebSocketCloseStatus.NormalClosure, "The console ended.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<Ending> ToGuestAsync(CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                // Text is taken as bytes too: simple clients send what was typed as text.
                var received = await socket.ReceiveAsync(buffer.AsMemory(0, BufferSize), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                    return new Ending(WebSocketCloseStatus.NormalClosure, "");
                await console.WriteAsync(buffer.AsMemory(0, received.Count), cancellationToken);
                await console.FlushAsync(cancellationToken);
                idle.CancelAfter(IdleLimit);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<Ending> EndingAsync(Task<Ending> side)
    {
        try
        {
            return await side;
        }
        catch (WebSocketException)
        {
            return new Ending(WebSocketCloseStatus.NormalClosure, "");
        }
        catch (Exception error) when (error is IOException or ProviderException or ObjectDisposedException)
        {
            return new Ending(WebSocketCloseStatus.InternalServerError, $"The provider closed the console: {error.Message}");
        }
    }

    private static Ending EndingOf(CancellationToken stopping, CancellationToken gone) =>
        stopping.IsCancellationRequested ? new Ending(WebSocketCloseStatus.EndpointUnavailable, "The server stops.")
        : gone.IsCancellationRequested ? new Ending(WebSocketCloseStatus.NormalClosure, "")
        : new Ending(WebSocketCloseStatus.PolicyViolation, $"Nothing moved for {IdleLimit.TotalMinutes:0} minutes.");

    /// <summary>Tells the browser why, and waits a moment for its answer.</summary>
    private async Task FarewellAsync(Ending ending, Task inward)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var limit = new CancellationTokenSource(FarewellLimit, time);
        try
        {
            await socket.CloseOutputAsync(ending.Status, Cut(ending.Reason), limit.Token);
            await inward.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
    }

    // The protocol has room for 123 bytes.
    private static string Cut(string reason)
    {
        var length = reason.Length;
        while (System.Text.Encoding.UTF8.GetByteCount(reason.AsSpan(0, length)) > 123)
            length--;
        return reason[..length];
    }
}
