using System.Buffers.Binary;
using System.Text;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>Reads what <see cref="RowWriter"/> wrote, with the same books.</summary>
internal ref struct RowReader(ReadOnlySpan<byte> row, Books? books)
{
    private ReadOnlySpan<byte> _rest = row;

    internal readonly Books? Books { get; } = books;

    internal byte Byte() => Take(1)[0];

    internal ReadOnlySpan<byte> Bytes(int length) => Take(length);

    internal long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    internal ulong Unsigned() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    internal long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return (long)value;
        }
        throw new InvalidDataException("A number in a stored guest has no end.");
    }

    internal string? Text()
    {
        var length = Number();
        return length == 0 ? null : Encoding.UTF8.GetString(Take(checked((int)(length - 1))));
    }

    internal string? Shared() => Books is null ? Text() : Books.Details[(int)Number()];

    internal string? Column() => Books is null ? Text() : Books.Texts[(int)Number()];

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length)
            throw new InvalidDataException("A stored guest is cut short.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
