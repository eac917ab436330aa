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

    /// <summary>A text's bytes; an absent one is told from an empty one by <see cref="IsNull"/>.</summary>
    internal ReadOnlySpan<byte> TextBytes()
    {
        var length = Number();
        return length == 0 ? default : Take(checked((int)(length - 1)));
    }

    internal void SkipText() => _ = TextBytes();

    /// <summary>A code, as it is.</summary>
    internal int Code() => (int)Number();

    /// <summary>What lies between here and a later place in the same row.</summary>
    internal readonly ReadOnlySpan<byte> Until(RowReader later) => _rest[..(_rest.Length - later._rest.Length)];

    internal static bool IsNull(ReadOnlySpan<byte> text) => System.Runtime.CompilerServices.Unsafe.IsNullRef(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(text));

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
