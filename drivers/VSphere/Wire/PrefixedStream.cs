namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>What was read already, then the rest. Read without waiting for nothing: by a thread that may wait.</summary>
internal sealed class PrefixedStream(byte[] prefix, int length, Stream rest) : Stream
{
    private int _at;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_at == length)
            return rest.Read(buffer, offset, count);
        var part = Math.Min(count, length - _at);
        prefix.AsSpan(_at, part).CopyTo(buffer.AsSpan(offset));
        _at += part;
        return part;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
