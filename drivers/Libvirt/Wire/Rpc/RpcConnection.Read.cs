using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

internal sealed partial class RpcConnection
{
    private readonly FieldNames _names = new();

    private async Task ReadLoopAsync()
    {
        using var frames = new FrameReader(_line.Stream, onBytes: SawBytes);
        try
        {
            while (true)
            {
                var frame = await frames.ReadAsync(_stop.Token).ConfigureAwait(false);
                if (frame.IsEmpty)
                    throw LibvirtException.Transport($"{Peer} closed the connection");
                await DispatchAsync(frame).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Fail() has told everybody.
        }
        catch (Exception e)
        {
            // Whatever it was: nobody may be left waiting for a loop that has ended.
            var failure = e as LibvirtException ?? LibvirtException.Transport($"the line to {Peer} broke: {e.Message}", e);
            Fail(await _line.ExplainAsync(failure).ConfigureAwait(false));
        }
    }

    private ValueTask DispatchAsync(ReadOnlyMemory<byte> frame)
    {
        var header = MessageHeader.Read(frame.Span);
        switch (header.Type)
        {
            case MessageType.Reply:
                OnReply(header, frame.Span);
                return ValueTask.CompletedTask;
            case MessageType.Message when header.Program == Protocol.KeepAliveProgram:
                OnKeepAlive(header);
                return ValueTask.CompletedTask;
            case MessageType.Message:
                OnEvent(header, frame.Span);
                return ValueTask.CompletedTask;
            case MessageType.Stream or MessageType.StreamHole:
                return OnStreamAsync(header, frame);
            default:
                throw LibvirtException.Protocol($"{Peer} sent a message of the type {(int)header.Type}, which a daemon does not send");
        }
    }

    private void OnReply(in MessageHeader header, ReadOnlySpan<byte> frame)
    {
        if (!_pending.TryRemove(header.Serial, out var call))
        {
            // A failed hole of an upload is answered as if it were a call.
            if (header.Status == MessageStatus.Error && _streams.TryGetValue(header.Serial, out var stream))
                stream.Fail(ReadError(frame, stream.Procedure));
            else
                Interlocked.Increment(ref _ignored);
            return;
        }
        try
        {
            Answer(call, header, frame);
        }
        finally
        {
            call.FreePlace();
        }
    }

    private void Answer(PendingCall call, in MessageHeader header, ReadOnlySpan<byte> frame)
    {
        if (header.Program != call.Procedure.Program || header.Procedure != call.Procedure.Number)
        {
            var failure = LibvirtException.Protocol(
                $"{Peer} answered {call.Procedure.Name} with procedure {header.Procedure} of program 0x{header.Program:x}");
            call.Fail(failure);
            throw failure.Again();
        }
        if (header.Status == MessageStatus.Ok)
        {
            var reader = new XdrReader(frame[MessageHeader.Size..], _names);
            call.Complete(ref reader);
        }
        else
        {
            call.Fail(ReadError(frame, call.Procedure));
        }
    }

    private void OnEvent(in MessageHeader header, ReadOnlySpan<byte> frame)
    {
        if (header.Program != Programs.Remote)
        {
            Interlocked.Increment(ref _ignored);
            return;
        }
        try
        {
            var reader = new XdrReader(frame[MessageHeader.Size..], _names);
            if (EventDecoder.Decode(header.Procedure, ref reader) is { } happened)
                Events.Add(happened);
            else
                Interlocked.Increment(ref _ignored);
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Protocol)
        {
            // Something happened that can't be read: the same as not having kept it.
            Events.Lose();
        }
    }

    private async ValueTask OnStreamAsync(MessageHeader header, ReadOnlyMemory<byte> frame)
    {
        if (!_streams.TryGetValue(header.Serial, out var stream) || stream.Procedure.Number != header.Procedure)
        {
            Interlocked.Increment(ref _ignored);
            return;
        }
        if (header.Status == MessageStatus.Error)
        {
            stream.Fail(ReadError(frame.Span, stream.Procedure));
            return;
        }
        var delivery = stream.DeliverAsync(header, frame[MessageHeader.Size..], _stop.Token);
        if (delivery.IsCompletedSuccessfully)
            return;
        _readerHeldBack = true;
        try
        {
            await delivery.ConfigureAwait(false);
        }
        finally
        {
            _readerHeldBack = false;
        }
    }

    private static LibvirtException ReadError(ReadOnlySpan<byte> frame, Procedure procedure)
    {
        try
        {
            var reader = new XdrReader(frame[MessageHeader.Size..]);
            return LibvirtException.Decode(ref reader, procedure.Name);
        }
        catch (LibvirtException e)
        {
            return new LibvirtException(e.Failure, $"the error that {procedure.Name} ended with is not readable: {e.Message}", e);
        }
    }
}
