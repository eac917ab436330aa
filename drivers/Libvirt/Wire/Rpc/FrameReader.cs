using System.Buffers;
using System.Buffers.Binary;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

/// <summary>
/// Cuts a stream into messages. The buffer grows with the bytes that came, never with the length that a peer
/// announced, and shrinks again after a large message. For one reader.
/// </summary>
internal sealed class FrameReader(Stream stream, Action onBytes) : IDisposable
{
    private const int Small = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Small);
    private int _start;
    private int _end;

    /// <summary>
    /// The next message with its length word, or an empty one when the peer closed between two messages.
    /// Valid until the next call.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var have = _end - _start;
            if (have >= 4)
            {
                var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
                if (length is < MessageHeader.Size or > Protocol.MessageMax)
                    throw LibvirtException.Protocol($"a message announces {length} bytes; libvirt's are {MessageHeader.Size} to {Protocol.MessageMax}");
                if (have >= length)
                {
                    var frame = _buffer.AsMemory(_start, (int)length);
                    _start += (int)length;
                    return frame;
                }
            }
            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return have == 0 ? default : throw LibvirtException.Transport($"the line ended inside a message, after {have} bytes of it");
            _end += read;
            onBytes();
        }
    }

    public void Dispose()
    {
        if (_buffer.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void MakeRoom()
    {
        var have = _end - _start;
        if (have == 0)
        {
            _start = _end = 0;
            if (_buffer.Length > 4 * Small)
                Replace(Small, have);
        }
        else if (_end == _buffer.Length)
        {
            if (have > _buffer.Length / 2)
                Replace(_buffer.Length * 2, have);
            else
                Compact(have);
        }
    }

    private void Compact(int have)
    {
        _buffer.AsSpan(_start, have).CopyTo(_buffer);
        _start = 0;
        _end = have;
    }

    private void Replace(int size, int have)
    {
        var next = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(_start, have).CopyTo(next);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = next;
        _start = 0;
        _end = have;
    }
}
