using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Anyvisor.Drivers.Libvirt.Wire.Xdr;

/// <summary>
/// Writes one message into a pooled buffer, behind room for length and header, and refuses what the
/// protocol's limits forbid before a byte is sent. Not for several threads.
/// </summary>
internal sealed class XdrWriter : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(512);
    private int _length = MessageHeader.Size;

    /// <summary>The whole message: four bytes of length, header, payload.</summary>
    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(0, _length);

    public int PayloadLength => _length - MessageHeader.Size;

    public void Int(int value) => BinaryPrimitives.WriteInt32BigEndian(Grow(4), value);

    public void UInt(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Grow(4), value);

    public void Long(long value) => BinaryPrimitives.WriteInt64BigEndian(Grow(8), value);

    public void ULong(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Grow(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleBigEndian(Grow(8), value);

    public void Byte(byte value) => UInt(value);

    public void UShort(ushort value) => UInt(value);

    public void Flag(bool value) => Int(value ? 1 : 0);

    public void Uuid(Guid value) => value.TryWriteBytes(Grow(16), bigEndian: true, out _);

    public void String(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        if (count > Protocol.StringMax)
            throw LibvirtException.InvalidArgument($"a text of {count} bytes; libvirt's protocol takes at most {Protocol.StringMax}");
        // The daemon's side is C: it would cut the text at a NUL, and act on another name than was meant.
        if (value.Contains('\0', StringComparison.Ordinal))
            throw LibvirtException.InvalidArgument("a text with a NUL character in it");
        UInt((uint)count);
        Encoding.UTF8.GetBytes(value, Padded(count));
    }

    public void OptionalString(string? value)
    {
        Flag(value is not null);
        if (value is not null)
            String(value);
    }

    public void Optional<T>(T? value, Action<XdrWriter, T> encode) where T : struct
    {
        Flag(value.HasValue);
        if (value.HasValue)
            encode(this, value.Value);
    }

    public void Bytes(byte[] value, int limit)
    {
        Count(value.Length, limit);
        value.CopyTo(Padded(value.Length));
    }

    /// <summary>Chars, which the protocol sends one in every four bytes.</summary>
    public void Chars(byte[] value, int limit)
    {
        Count(value.Length, limit);
        var target = Grow(value.Length * 4);
        target.Clear();
        for (var i = 0; i < value.Length; i++)
            target[i * 4 + 3] = value[i];
    }

    public void List<T>(IReadOnlyList<T> items, int limit, Action<XdrWriter, T> encode)
    {
        Count(items.Count, limit);
        foreach (var item in items)
            encode(this, item);
    }

    public void TypedParameters(IReadOnlyList<TypedParameter> items, int limit) =>
        List(items, limit, static (writer, item) => item.Encode(writer));

    /// <summary>Stream data, which is sent as it is.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    public void Complete(in MessageHeader header) => header.Write(_buffer, _length);

    public void Dispose()
    {
        if (_buffer.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Count(int count, int limit)
    {
        if (count > limit)
            throw LibvirtException.InvalidArgument($"{count} items where libvirt's protocol takes at most {limit}");
        UInt((uint)count);
    }

    private Span<byte> Padded(int count)
    {
        var padded = (count + 3) & ~3;
        var span = Grow(padded);
        span[count..].Clear();
        return span[..count];
    }

    private Span<byte> Grow(int count)
    {
        var needed = (long)_length + count;
        if (needed > Protocol.MessageMax)
            throw LibvirtException.InvalidArgument($"a request of more than the protocol's {Protocol.MessageMax} bytes");
        if (needed > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, _buffer.Length * 2L), Protocol.MessageMax));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
