using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

internal sealed partial class RpcConnection
{
    private int _sawBytes;
    private volatile bool _readerHeldBack;

    /// <summary>
    /// Asks the daemon for a sign of life until the connection ends. Any byte is one. While a slow reader of a
    /// stream holds the reader loop back, silence is ours and not the daemon's: then the asks only tell the
    /// daemon, which counts our silence too, that we live.
    /// </summary>
    public async Task KeepAliveAsync()
    {
        if (_options.KeepAliveInterval <= TimeSpan.Zero)
            return;
        var stop = _stop.Token;
        using var timer = new PeriodicTimer(_options.KeepAliveInterval, _time);
        var unanswered = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                if (Interlocked.Exchange(ref _sawBytes, 0) != 0 || _readerHeldBack)
                    unanswered = 0;
                else if (++unanswered > _options.KeepAliveCount)
                {
                    Fail(LibvirtException.Transport(
                        $"{Peer} did not answer {_options.KeepAliveCount} keepalive requests, one every {_options.KeepAliveInterval.TotalSeconds:0.#} s"));
                    return;
                }
                SendKeepAlive(Protocol.KeepAlivePing);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The connection ended.
        }
    }

    private void SawBytes() => Volatile.Write(ref _sawBytes, 1);

    private void OnKeepAlive(in MessageHeader header)
    {
        if (header.Procedure == Protocol.KeepAlivePing)
            SendKeepAlive(Protocol.KeepAlivePong);
    }

    private void SendKeepAlive(int procedure)
    {
        var message = new XdrWriter();
        message.Complete(new MessageHeader(Protocol.KeepAliveProgram, 1, procedure, MessageType.Message, 0, MessageStatus.Ok));
        // A full queue is being written, which is as good a sign of life.
        if (!_outgoing.Writer.TryWrite(new OutgoingMessage(message, null, null)))
            message.Dispose();
    }
}
