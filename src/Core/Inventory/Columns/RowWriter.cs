using System.Buffers.Binary;
using System.Text;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// Writes a row's fields behind each other. With books, shared values are written as their codes (rows in memory);
/// without, in full (rows in the store). Equal guests give equal bytes, so rows are compared as bytes.
/// </summary>
internal sealed class RowWriter(Books? books)
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    internal Books? Books { get; } = books;

    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    internal void Clear() => _length = 0;

    internal void Byte(byte value) => Room(1)[0] = value;

    internal void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Room(value.Length));

    internal void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    internal void Unsigned(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);

    /// <summary>Small numbers in few bytes; negative ones take ten.</summary>
    internal void Number(long value)
    {
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }
        Byte((byte)rest);
    }

    internal void Text(string? value)
    {
        if (value is null)
        {
            Number(0);
            return;
        }
        var length = Encoding.UTF8.GetByteCount(value);
        Number(length + 1);
        Encoding.UTF8.GetBytes(value, Room(length));
    }

    /// <summary>A text as <see cref="RowReader.TextBytes"/> gave it.</summary>
    internal void TextBytes(ReadOnlySpan<byte> value)
    {
        if (RowReader.IsNull(value))
        {
            Number(0);
            return;
        }
        Number(value.Length + 1);
        Bytes(value);
    }

    /// <summary>A text that many guests have.</summary>
    internal void Shared(string? value)
    {
        if (Books is null)
            Text(value);
        else
            Number(Books.Details.Code(value));
    }

    /// <summary>A text that has a column.</summary>
    internal void Column(string? value)
    {
        if (Books is null)
            Text(value);
        else
            Number(Books.Texts.Code(value));
    }

    private Span<byte> Room(int length)
    {
        if (_length + length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        var room = _buffer.AsSpan(_length, length);
        _length += length;
        return room;
    }
}
