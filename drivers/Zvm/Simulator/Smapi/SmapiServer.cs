using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;

namespace Anyvisor.Drivers.Zvm.Simulator.Smapi;

/// <summary>VSMREQIN of one member: one request a connection, answered with its number at once and with the rest later.</summary>
internal sealed class SmapiServer : IAsyncDisposable
{
    /// <summary>No request of the real server's is larger.</summary>
    private const int MostBytes = 16 << 20;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _calls = new();
    private readonly TcpListener _listener;
    private readonly SmapiFunctions _functions;
    private readonly FaultDice _dice;
    private readonly TimeProvider _time;
    private readonly Task _accepting;
    private int _requests;

    private SmapiServer(TcpListener listener, SmapiFunctions functions, FaultDice dice, TimeProvider time)
    {
        (_listener, _functions, _dice, _time) = (listener, functions, dice, time);
        Endpoint = (IPEndPoint)listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    internal IPEndPoint Endpoint { get; }

    /// <exception cref="SimulationException">The address can't be listened on.</exception>
    internal static SmapiServer Start(IPEndPoint listen, SmapiFunctions functions, FaultDice dice, TimeProvider time)
    {
        var listener = new TcpListener(listen);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new SimulationException($"Can't listen on {listen} for the management API: {e.Message} Give another port with --set smapi=PORT.", e);
        }
        return new SmapiServer(listener, functions, dice, time);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_calls.Keys).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var call = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false));
                _calls[call] = 0;
                _ = call.ContinueWith(done => _calls.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            return;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            var line = client.GetStream();
            var head = new byte[4];
            await line.ReadExactlyAsync(head, _stop.Token).ConfigureAwait(false);
            var length = BinaryPrimitives.ReadInt32BigEndian(head);
            if (length is < 16 or > MostBytes)
                return;
            var request = new byte[length];
            await line.ReadExactlyAsync(request, _stop.Token).ConfigureAwait(false);
            await AnswerAsync(line, request).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // Whoever called went away, or the simulation ends.
            return;
        }
    }

    private async Task AnswerAsync(NetworkStream line, byte[] request)
    {
        if (_dice.Roll(FaultPlan.Slow) is { } slow)
            await Task.Delay(slow.Duration, _time, _stop.Token).ConfigureAwait(false);
        var drop = _dice.Roll(FaultPlan.Drop) is not null;
        if (drop && _dice.Next(2) == 0)
            return;
        var id = Interlocked.Increment(ref _requests);
        var (rc, rs, output) = _functions.Answer(request);
        if (drop)
            return;
        var answer = new byte[20 + output.Length];
        BinaryPrimitives.WriteInt32BigEndian(answer, id);
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(4), 12 + output.Length);
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(8), id);
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(12), rc);
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(16), rs);
        output.CopyTo(answer, 20);
        var count = _dice.Roll(FaultPlan.Garbage) is null ? answer.Length : _dice.Spoil(answer);
        await line.WriteAsync(answer.AsMemory(0, Math.Min(4, count)), _stop.Token).ConfigureAwait(false);
        await line.WriteAsync(answer.AsMemory(Math.Min(4, count), Math.Max(0, count - 4)), _stop.Token).ConfigureAwait(false);
    }
}
