using System.Net.WebSockets;

namespace Anyvisor.Cli.Terminal;

/// <summary>How a console session ended.</summary>
internal enum ConsoleEnd
{
    /// <summary>The guest's side closed it.</summary>
    Closed,

    /// <summary>The person pressed the key that leaves.</summary>
    Left,

    /// <summary>The text that was waited for came.</summary>
    Seen,

    /// <summary>The input ended and the guest has nothing more to say.</summary>
    Idle,
}

/// <summary>Carries bytes between a console's socket and this side's streams.</summary>
/// <param name="socket">The open console.</param>
/// <param name="input">What is typed.</param>
/// <param name="output">Where the guest's output goes.</param>
/// <param name="expected">Ends when this comes; null waits for nothing.</param>
/// <param name="leaveKey">The byte that leaves; null passes every byte on.</param>
/// <param name="time">For the idle time after the end of the input.</param>
internal sealed class ConsoleSession(WebSocket socket, Stream input, Stream output, byte[]? expected, byte? leaveKey, TimeProvider time)
{
    internal const byte CtrlBracket = 0x1d;
    private static readonly TimeSpan IdleAfterInput = TimeSpan.FromSeconds(2);
    private readonly TaskCompletionSource<ConsoleEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastOutput = time.GetTimestamp();

    internal async Task<ConsoleEnd> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Reading a terminal can't be interrupted: the reader is left behind and ends with the process.
        var typing = Task.Run(() => SendAsync(stop.Token), CancellationToken.None);
        var showing = ReceiveAsync(stop.Token);
        try
        {
            await Task.WhenAny(_end.Task, FaultAsync(typing), FaultAsync(showing)).WaitAsync(cancellationToken);
            return await _end.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            socket.Abort();
        }
    }

    /// <summary>Hands on what went wrong in one direction; a direction that just ended says nothing.</summary>
    private async Task FaultAsync(Task direction)
    {
        try
        {
            await direction;
            await _end.Task;
        }
        catch (Exception error) when (error is WebSocketException or IOException)
        {
            _end.TrySetResult(ConsoleEnd.Closed);
        }
        catch (OperationCanceledException)
        {
            _end.TrySetCanceled();
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (!cancellationToken.IsCancellationRequested)
        {
            var length = await input.ReadAsync(buffer, cancellationToken);
            if (length == 0)
            {
                await WaitUntilIdleAsync(cancellationToken);
                return;
            }
            var leave = leaveKey is { } key ? buffer.AsSpan(0, length).IndexOf(key) : -1;
            if (leave != 0)
                await socket.SendAsync(buffer.AsMemory(0, leave > 0 ? leave : length), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            if (leave < 0)
                continue;
            _end.TrySetResult(ConsoleEnd.Left);
            return;
        }
    }

    /// <summary>The input has ended: the guest may still answer it. With a text to wait for, that alone ends the session.</summary>
    private async Task WaitUntilIdleAsync(CancellationToken cancellationToken)
    {
        if (expected is not null)
            return;
        TimeSpan quiet;
        Interlocked.Exchange(ref _lastOutput, time.GetTimestamp());
        while ((quiet = time.GetElapsedTime(Interlocked.Read(ref _lastOutput))) < IdleAfterInput)
            await Task.Delay(IdleAfterInput - quiet, time, cancellationToken);
        _end.TrySetResult(ConsoleEnd.Idle);
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var watch = expected is null ? null : new TextWatch(expected);
        var buffer = new byte[16384];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                _end.TrySetResult(ConsoleEnd.Closed);
                return;
            }
            Interlocked.Exchange(ref _lastOutput, time.GetTimestamp());
            await output.WriteAsync(buffer.AsMemory(0, received.Count), cancellationToken);
            await output.FlushAsync(cancellationToken);
            if (watch?.Add(buffer.AsSpan(0, received.Count)) == true)
                _end.TrySetResult(ConsoleEnd.Seen);
        }
    }
}
