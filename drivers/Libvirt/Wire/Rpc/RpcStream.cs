using System.Threading.Channels;
using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

/// <summary>
/// A stream of the daemon (virStream). Received packets wait in a bounded queue, and when it is full the line
/// is not read: the daemon slows down instead of our memory growing. One reader and one writer at a time.
/// </summary>
internal sealed class RpcStream(RpcConnection connection, Procedure procedure, uint serial, int capacity) : IDisposable
{
    private static readonly TimeSpan AbortPatience = TimeSpan.FromMilliseconds(200);

    private readonly Channel<StreamPacket> _received =
        Channel.CreateBounded<StreamPacket>(new BoundedChannelOptions(capacity) { SingleWriter = true });

    private readonly TaskCompletionSource _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LibvirtException? _failure;

    public Procedure Procedure { get; } = procedure;

    public uint Serial { get; } = serial;

    /// <summary>The next packet; null at the end. Throws when the daemon ended the stream with an error.</summary>
    public async ValueTask<StreamPacket?> ReadAsync(CancellationToken cancellationToken)
    {
        while (await _received.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_received.Reader.TryRead(out var packet))
                return packet;
        }
        return null;
    }

    /// <summary>Sends bytes; returns when they are with the transport, which is what holds a fast writer back.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            var packet = data[..Math.Min(data.Length, Protocol.StreamPacketMax)];
            data = data[packet.Length..];
            var message = new XdrWriter();
            message.Raw(packet.Span);
            await SendAsync(message, MessageType.Stream, MessageStatus.Continue, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Skips so many bytes at the daemon's side; only for a stream opened as sparse.</summary>
    public async ValueTask WriteHoleAsync(long length, CancellationToken cancellationToken)
    {
        var message = new XdrWriter();
        message.Long(length);
        message.UInt(0);
        await SendAsync(message, MessageType.StreamHole, MessageStatus.Continue, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the stream well: when this returns, the daemon has everything and says so.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await SendAsync(new XdrWriter(), MessageType.Stream, MessageStatus.Ok, cancellationToken).ConfigureAwait(false);
        // What still comes in must be taken, else the confirmation behind it never arrives.
        var drained = DrainAsync(cancellationToken);
        await _confirmed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        _received.Writer.TryComplete();
        await drained.ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the stream badly: the daemon drops what it has. Waits for nothing, and does nothing when the stream
    /// has ended or the line is full; the line's end, which follows, tells the daemon the same.
    /// </summary>
    public async ValueTask TryAbortAsync()
    {
        using var soon = new CancellationTokenSource(AbortPatience, connection.Time);
        try
        {
            await SendAsync(new XdrWriter(), MessageType.Stream, MessageStatus.Error, soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LibvirtException or OperationCanceledException)
        {
            // The line or the stream is gone or stuck: closing it is all that is left.
        }
    }

    public void Dispose()
    {
        connection.Forget(this);
        _received.Writer.TryComplete();
        while (_received.Reader.TryRead(out var packet))
            packet.Dispose();
    }

    /// <summary>From the reader loop: completes when the packet has found room.</summary>
    internal ValueTask DeliverAsync(in MessageHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (header.Type == MessageType.StreamHole)
            return QueueAsync(StreamPacket.OfHole(ReadHole(payload.Span)), cancellationToken);
        if (header.Status == MessageStatus.Ok)
            _confirmed.TrySetResult();
        else if (payload.IsEmpty)
            _received.Writer.TryComplete();
        else
            return QueueAsync(StreamPacket.CopyOf(payload.Span), cancellationToken);
        return ValueTask.CompletedTask;
    }

    internal void Fail(LibvirtException failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return;
        _received.Writer.TryComplete(failure.Again());
        if (_confirmed.TrySetException(failure.Again()))
            _ = _confirmed.Task.Exception; // Seen: a reader gets the same failure from the packets.
    }

    private async ValueTask QueueAsync(StreamPacket packet, CancellationToken cancellationToken)
    {
        try
        {
            await _received.Writer.WriteAsync(packet, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            packet.Dispose(); // Sent before the daemon knew that the reader had left.
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken).ConfigureAwait(false) is { } packet)
            packet.Dispose();
    }

    private async ValueTask SendAsync(XdrWriter message, MessageType type, MessageStatus status, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            message.Dispose();
            throw failure.Again();
        }
        message.Complete(new MessageHeader(Procedure.Program, Procedure.Version, Procedure.Number, type, Serial, status));
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await connection.QueueAsync(new OutgoingMessage(message, null, sent), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            message.Dispose();
            throw;
        }
        await sent.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static long ReadHole(ReadOnlySpan<byte> payload)
    {
        var reader = new XdrReader(payload);
        var length = reader.Long();
        return length > 0 ? length : throw LibvirtException.Protocol($"a stream holds a hole of {length} bytes");
    }
}
