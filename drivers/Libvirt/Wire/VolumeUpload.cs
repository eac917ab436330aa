using Anyvisor.Drivers.Libvirt.Wire.Rpc;

namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>A volume being written. Disposing it before <see cref="FinishAsync"/> tells the daemon to give up.</summary>
internal sealed class VolumeUpload(LibvirtClient line, RpcStream stream) : IAsyncDisposable
{
    private bool _finished;

    /// <summary>Returns when the bytes are with the transport: a slow daemon makes this wait.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        stream.WriteAsync(data, cancellationToken);

    /// <summary>So many zero bytes, which are not sent.</summary>
    public ValueTask WriteHoleAsync(long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return stream.WriteHoleAsync(length, cancellationToken);
    }

    /// <exception cref="LibvirtException">The daemon could not write everything.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await stream.FinishAsync(cancellationToken).ConfigureAwait(false);
        _finished = true;
    }

    public async ValueTask DisposeAsync()
    {
        // Closing the line aborts at the daemon as well; it is only less polite.
        if (!_finished)
            await stream.TryAbortAsync().ConfigureAwait(false);
        stream.Dispose();
        await line.DisposeAsync().ConfigureAwait(false);
    }
}
