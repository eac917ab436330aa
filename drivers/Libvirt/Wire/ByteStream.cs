using Anyvisor.Drivers.Libvirt.Wire.Rpc;

namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>
/// A stream of the daemon as a .NET stream: a console, a channel, a picture. One reader and one writer at a
/// time, each asynchronous; it ends when the guest closes its side.
/// </summary>
internal sealed class ByteStream(LibvirtClient line, RpcStream stream) : Stream
{
    private StreamPacket? _current;
    private int _taken;
    private bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanWrite => !_disposed;

    public override bool CanSeek => false;

    public override long Length => throw new InvalidOperationException("A console has no length.");

    public override long Position
    {
        get => throw new InvalidOperationException("A console has no position.");
        set => throw new InvalidOperationException("A console has no position.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty)
            return 0;
        while (_current is null || _taken == _current.Value.Data.Length)
        {
            _current?.Dispose();
            _taken = 0;
            _current = await stream.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (_current is null)
                return 0;
        }
        var data = _current.Value.Data[_taken..];
        var count = Math.Min(data.Length, buffer.Length);
        data[..count].CopyTo(buffer);
        _taken += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return stream.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // Written is sent.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Read it asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Write it asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new InvalidOperationException("A console can't be sought in.");

    public override void SetLength(long value) => throw new InvalidOperationException("A console has no length.");

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await stream.TryAbortAsync().ConfigureAwait(false);
        stream.Dispose();
        await line.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        // Dispose() cannot wait; the line's end is what the daemon needs to see, and it follows at once.
        if (disposing && !_disposed)
            _ = DisposeAsync().AsTask();
        base.Dispose(disposing);
    }
}
