using System.Collections.Concurrent;
using System.Threading.Channels;
using Anyvisor.Drivers.Libvirt.Wire.Transports;
using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

/// <summary>
/// Many calls over one line: a reader loop, a writer loop, and a map from serial to who waits. The first
/// failure of the line ends everything on it with that failure; a connection does not come back.
/// </summary>
internal sealed partial class RpcConnection : IAsyncDisposable
{
    private readonly Line _line;
    private readonly RpcOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<OutgoingMessage> _outgoing;
    private readonly ConcurrentDictionary<uint, PendingCall> _pending = new();
    private readonly ConcurrentDictionary<uint, RpcStream> _streams = new();

    // Never disposed: a call that waits for its place fails after the connection ended, and gives it back then.
    private readonly SemaphoreSlim _slowPlaces;

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<LibvirtException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loops;
    private LibvirtException? _failure;
    private uint _serial;
    private long _ignored;
    private int _disposed;

    public RpcConnection(Line line, RpcOptions options, TimeProvider time)
    {
        _line = line;
        _options = options;
        _time = time;
        _slowPlaces = new SemaphoreSlim(options.SlowCalls);
        _outgoing = Channel.CreateBounded<OutgoingMessage>(new BoundedChannelOptions(options.QueuedCalls) { SingleReader = true });
        Events = new EventQueue(options.Events);
        _loops = Task.WhenAll(Task.Run(ReadLoopAsync), Task.Run(WriteLoopAsync));
    }

    public string Peer => _line.Peer;

    public bool IsSecure => _line.IsSecure;

    public TimeProvider Time => _time;

    public EventQueue Events { get; }

    /// <summary>Why the connection ended; never faults and never completes before that.</summary>
    public Task<LibvirtException> Ended => _ended.Task;

    /// <summary>Messages that nothing here waits for: unknown programs, events and serials.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    public int Unanswered => _pending.Count;

    /// <summary>
    /// Sends a call and decodes its answer. Takes over <paramref name="request"/>. Cancelled before it is
    /// sent, it is not sent; after that the daemon carries it out all the same and the answer is dropped.
    /// </summary>
    public async Task<T> CallAsync<T>(Procedure procedure, XdrWriter request, XdrDecoder<T> decode, CancellationToken cancellationToken)
    {
        if (procedure.Slow)
            await WaitForPlaceAsync(request, cancellationToken).ConfigureAwait(false);
        var call = new PendingCall<T>(procedure, Interlocked.Increment(ref _serial), procedure.Slow ? _slowPlaces : null, decode);
        return await SendAsync(call, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a call after whose answer a stream goes on. Each stream has a connection of its own.</summary>
    public async Task<(RpcStream Stream, T Result)> OpenStreamAsync<T>(
        Procedure procedure, XdrWriter request, XdrDecoder<T> decode, CancellationToken cancellationToken)
    {
        var call = new PendingCall<T>(procedure, Interlocked.Increment(ref _serial), null, decode);
        var stream = new RpcStream(this, procedure, call.Serial, _options.StreamPackets);
        _streams[call.Serial] = stream;
        try
        {
            return (stream, await SendAsync(call, request, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            _streams.TryRemove(call.Serial, out _);
            throw;
        }
    }

    /// <summary>Says goodbye to nobody: the line is closed, and what waits fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Fail(LibvirtException.Transport($"the connection to {Peer} was closed"));
        await _line.DisposeAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        _stop.Dispose();
    }

    internal void Forget(RpcStream stream) => _streams.TryRemove(stream.Serial, out _);

    private async Task<T> SendAsync<T>(PendingCall<T> call, XdrWriter request, CancellationToken cancellationToken)
    {
        var procedure = call.Procedure;
        request.Complete(new MessageHeader(procedure.Program, procedure.Version, procedure.Number, MessageType.Call, call.Serial, MessageStatus.Ok));
        _pending[call.Serial] = call;
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingCall)state!).Abandon(token), call);
        try
        {
            await QueueAsync(new OutgoingMessage(request, call, null), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Finish(call);
            request.Dispose();
            throw;
        }
        // Fail() may have swept the map just before the call went in.
        if (Volatile.Read(ref _failure) is { } failure && _pending.TryRemove(call.Serial, out _))
            call.Fail(failure.Again());
        try
        {
            return await call.Answer.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            CheckAbandoned();
            throw;
        }
    }

    internal async ValueTask QueueAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _outgoing.Writer.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw Failure().Again();
        }
    }

    private async ValueTask WaitForPlaceAsync(XdrWriter request, CancellationToken cancellationToken)
    {
        try
        {
            await _slowPlaces.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            request.Dispose();
            throw;
        }
    }

    private void CheckAbandoned()
    {
        // Counted only when it can matter: exact under any race, and free otherwise.
        if (_pending.Count > _options.AbandonedCalls && _pending.Values.Count(call => call.IsAbandoned) > _options.AbandonedCalls)
            Fail(LibvirtException.Transport($"{Peer} left {_options.AbandonedCalls} calls unanswered past their deadlines"));
    }

    private void Finish(PendingCall call)
    {
        _pending.TryRemove(call.Serial, out _);
        call.FreePlace();
    }

    private LibvirtException Failure() =>
        Volatile.Read(ref _failure) ?? LibvirtException.Transport($"the connection to {Peer} was closed");

    /// <summary>Ends the connection once, with the first failure; safe from any thread.</summary>
    private void Fail(LibvirtException failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return;
        _outgoing.Writer.TryComplete();
        _stop.Cancel();
        foreach (var serial in _pending.Keys)
        {
            if (!_pending.TryRemove(serial, out var call))
                continue;
            call.Fail(failure.Again());
            call.FreePlace();
        }
        foreach (var stream in _streams.Values)
            stream.Fail(failure.Again());
        Events.Complete(failure);
        _ended.TrySetResult(failure);
    }
}
