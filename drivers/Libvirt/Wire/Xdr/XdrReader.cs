using System.Buffers.Binary;
using System.Text;

namespace Anyvisor.Drivers.Libvirt.Wire.Xdr;

internal delegate T XdrDecoder<out T>(ref XdrReader reader);

/// <summary>
/// Reads XDR (RFC 4506) from bytes that nobody vouches for: each length is held against the protocol's
/// limit and against the bytes that are left before anything is allocated. Fails with
/// <see cref="LibvirtFailure.Protocol"/> and never with anything else.
/// </summary>
internal ref struct XdrReader(ReadOnlySpan<byte> bytes, FieldNames? names = null)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public uint UInt() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public ulong ULong() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>An unsigned char, which XDR sends as four bytes. C's chars may arrive with their sign extended.</summary>
    public byte Byte() => unchecked((byte)UInt());

    public ushort UShort()
    {
        var value = UInt();
        return value <= ushort.MaxValue ? (ushort)value : throw Bad($"an unsigned short of {value}");
    }

    public bool Flag() => Int() != 0;

    public Guid Uuid() => new(Take(16), bigEndian: true);

    public string String() => Encoding.UTF8.GetString(Counted(Protocol.StringMax));

    public string? OptionalString() => Present() ? String() : null;

    /// <summary>The '*' of the protocol's description: absent or present, and nothing else.</summary>
    public bool Present() => UInt() switch
    {
        0 => false,
        1 => true,
        var other => throw Bad($"a presence mark of {other}"),
    };

    public byte[] Bytes(int limit) => Counted(limit).ToArray();

    /// <summary>Chars that are sent one in every four bytes.</summary>
    public byte[] Chars(int limit) => FixedChars(Count(limit, 4));

    /// <summary>Chars that are a text up to the first NUL.</summary>
    public string Text(int limit) => FixedText(Count(limit, 4));

    public string FixedText(int count) => Encoding.UTF8.GetString(FixedChars(count).TakeWhile(c => c != 0).ToArray());

    public T[] List<T>(int limit, int minimumSize, XdrDecoder<T> decode)
    {
        var items = new T[Count(limit, minimumSize)];
        for (var i = 0; i < items.Length; i++)
            items[i] = decode(ref this);
        return items;
    }

    public string[] Strings(int limit) => List(limit, 4, static (ref XdrReader reader) => reader.String());

    public TypedParameter[] TypedParameters(int limit) => List(limit, TypedParameter.MinimumSize, TypedParameter.Decode);

    /// <summary>A typed parameter's name: few differ, and each comes with every guest, so they are shared.</summary>
    public string FieldName()
    {
        var bytes = Counted(Protocol.StringMax);
        return names is null ? Encoding.UTF8.GetString(bytes) : names.Share(bytes);
    }

    /// <summary>Everything that is left: stream data is not XDR.</summary>
    public ReadOnlySpan<byte> Rest()
    {
        var rest = _rest;
        _rest = default;
        return rest;
    }

    private byte[] FixedChars(int count)
    {
        var source = Take(count * 4);
        var chars = new byte[count];
        for (var i = 0; i < count; i++)
            chars[i] = source[i * 4 + 3];
        return chars;
    }

    private int Count(int limit, int minimumSize)
    {
        var count = UInt();
        if (count > (uint)limit)
            throw Bad($"a list of {count} where the protocol allows {limit}");
        if ((long)count * minimumSize > _rest.Length)
            throw Bad($"a list of {count} in the {_rest.Length} bytes that are left");
        return (int)count;
    }

    private ReadOnlySpan<byte> Counted(int limit)
    {
        var count = UInt();
        if (count > (uint)limit)
            throw Bad($"{count} bytes where the protocol allows {limit}");
        var padded = ((long)count + 3) & ~3L;
        if (padded > _rest.Length)
            throw Bad($"{count} bytes where {_rest.Length} are left");
        return Take((int)padded)[..(int)count];
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw Bad($"the end, {_rest.Length} bytes left where {count} are needed");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static LibvirtException Bad(string what) => LibvirtException.Protocol($"the message holds {what}");
}
