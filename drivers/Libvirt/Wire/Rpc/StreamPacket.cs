using System.Buffers;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

/// <summary>A piece of a stream: bytes in a pooled buffer, or a hole of so many zero bytes. Dispose it.</summary>
internal readonly struct StreamPacket : IDisposable
{
    private readonly byte[]? _buffer;
    private readonly int _length;

    private StreamPacket(byte[]? buffer, int length, long hole)
    {
        _buffer = buffer;
        _length = length;
        Hole = hole;
    }

    /// <summary>Zero for data.</summary>
    public long Hole { get; }

    public ReadOnlyMemory<byte> Data => _buffer.AsMemory(0, _length);

    public static StreamPacket OfHole(long length) => new(null, 0, length);

    public static StreamPacket CopyOf(ReadOnlySpan<byte> data)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(buffer);
        return new StreamPacket(buffer, data.Length, 0);
    }

    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
