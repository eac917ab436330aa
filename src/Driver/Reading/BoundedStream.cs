namespace Anyvisor.Driver.Reading;

/// <summary>
/// Reads at most so many bytes of what somebody else sends, and then says that there is too much: so an answer that
/// never ends, or claims 4 GiB, costs no more memory than its bound.
/// </summary>
/// <param name="inner">Disposed with this one.</param>
/// <param name="limit">Bytes.</param>
/// <param name="what">Names the provider and the call, for the error.</param>
public sealed class BoundedStream(Stream inner, long limit, string what) : Stream
{
    private long _read;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <exception cref="ProviderException"><see cref="ProviderError.ProtocolViolation"/>: there is more than the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Counted(int count)
    {
        _read += count;
        return _read <= limit
            ? count
            : throw new ProviderException(ProviderError.ProtocolViolation, $"{what} is longer than {limit >> 20} MiB: no sound answer is");
    }
}
