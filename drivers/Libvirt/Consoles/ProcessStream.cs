using System.Diagnostics;

namespace Anyvisor.Drivers.Libvirt.Consoles;

/// <summary>The pipes of a child process as a stream; closing it ends the process.</summary>
internal sealed class ProcessStream(Process process, Stream pipes) : Stream
{
    public override bool CanRead => pipes.CanRead;
    public override bool CanWrite => pipes.CanWrite;
    public override bool CanSeek => false;
    public override long Length => pipes.Length;

    public override long Position
    {
        get => pipes.Position;
        set => pipes.Position = value;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => pipes.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        pipes.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await pipes.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await pipes.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => pipes.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => pipes.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => pipes.Write(buffer, offset, count);

    public override void Flush() => pipes.Flush();

    public override long Seek(long offset, SeekOrigin origin) => pipes.Seek(offset, origin);

    public override void SetLength(long value) => pipes.SetLength(value);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pipes.Dispose();
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has ended already.
            }
            process.Dispose();
        }
        base.Dispose(disposing);
    }
}
