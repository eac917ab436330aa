using System.Buffers;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

internal sealed partial class RpcConnection
{
    // Small messages that wait together leave together: one system call, and with TLS one record.
    private const int BatchSize = 64 * 1024;

    private async Task WriteLoopAsync()
    {
        var batch = ArrayPool<byte>.Shared.Rent(BatchSize);
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                await WriteWaitingAsync(batch).ConfigureAwait(false);
                await _line.Stream.FlushAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Fail() has told everybody.
        }
        catch (Exception e)
        {
            // Whatever it was: nobody may be left waiting for a loop that has ended.
            var failure = LibvirtException.Transport($"the line to {Peer} broke: {e.Message}", e);
            Fail(await _line.ExplainAsync(failure).ConfigureAwait(false));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
            while (_outgoing.Reader.TryRead(out var left))
            {
                left.Message.Dispose();
                left.Sent?.TrySetException(Failure().Again());
            }
        }
    }

    private async ValueTask WriteWaitingAsync(byte[] batch)
    {
        var filled = 0;
        while (_outgoing.Reader.TryRead(out var next))
        {
            if (next.Call is { IsAbandoned: true } call)
            {
                Finish(call);
                next.Message.Dispose();
                continue;
            }
            var message = next.Message.Message;
            if (filled + message.Length > BatchSize)
            {
                await _line.Stream.WriteAsync(batch.AsMemory(0, filled), _stop.Token).ConfigureAwait(false);
                filled = 0;
            }
            if (message.Length > BatchSize)
            {
                await WriteLargeAsync(next).ConfigureAwait(false);
                continue;
            }
            message.Span.CopyTo(batch.AsSpan(filled));
            filled += message.Length;
            next.Message.Dispose();
            next.Sent?.TrySetResult();
        }
        if (filled > 0)
            await _line.Stream.WriteAsync(batch.AsMemory(0, filled), _stop.Token).ConfigureAwait(false);
    }

    private async ValueTask WriteLargeAsync(OutgoingMessage message)
    {
        try
        {
            await _line.Stream.WriteAsync(message.Message.Message, _stop.Token).ConfigureAwait(false);
            message.Sent?.TrySetResult();
        }
        catch
        {
            message.Sent?.TrySetException(Failure().Again());
            throw;
        }
        finally
        {
            message.Message.Dispose();
        }
    }
}
