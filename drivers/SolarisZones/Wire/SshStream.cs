using Anyvisor.Driver.Ssh;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>A command's streams as one; closing it ends the command.</summary>
internal sealed class SshStream(SshProcess process) : Stream
{
    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => process.Output.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        process.Output.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await process.Input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await process.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => process.Input.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => process.Output.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => process.Input.Write(buffer, offset, count);

    public override void Flush() => process.Input.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await process.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // The process is ended in the background: nobody waits in a synchronous dispose.
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _ = process.DisposeAsync().AsTask();
        base.Dispose(disposing);
    }
}
