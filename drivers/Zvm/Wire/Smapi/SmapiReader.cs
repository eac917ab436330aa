using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Zvm.Wire.Smapi;

/// <summary>
/// Reads an answer's output. Every length is checked against what is there before anything is made of it: the other end
/// may lie.
/// </summary>
internal ref struct SmapiReader(ReadOnlySpan<byte> bytes, string function)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool AtEnd => _rest.IsEmpty;

    internal readonly int Left => _rest.Length;

    internal byte Int1() => Take(1, "a number")[0];

    internal int Int4() => BinaryPrimitives.ReadInt32BigEndian(Take(4, "a number"));

    internal long Int8() => BinaryPrimitives.ReadInt64BigEndian(Take(8, "a number"));

    /// <summary>A text with its length before it. Trailing blanks are padding.</summary>
    internal string Text() => Decode(Counted());

    /// <summary>A text of so many bytes.</summary>
    internal string Fixed(int length) => Decode(Take(length, "a text"));

    /// <summary>A text up to a zero byte, or to the end.</summary>
    internal string Terminated()
    {
        var at = _rest.IndexOf((byte)0);
        var text = Decode(at < 0 ? _rest : _rest[..at]);
        _rest = at < 0 ? [] : _rest[(at + 1)..];
        return text;
    }

    /// <summary>What a length before it spans: an array's items, or a structure's fields.</summary>
    internal SmapiReader Inner() => new(Counted(), function);

    /// <summary>Counted texts up to the end.</summary>
    internal ImmutableArray<string> Texts()
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        while (!AtEnd)
            texts.Add(Text());
        return texts.ToImmutable();
    }

    /// <summary>Texts ended by zero bytes, up to the end.</summary>
    internal ImmutableArray<string> TerminatedTexts()
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        while (!AtEnd)
            texts.Add(Terminated());
        return texts.ToImmutable();
    }

    private ReadOnlySpan<byte> Counted()
    {
        var length = Int4();
        return length < 0 || length > _rest.Length
            ? throw Broken($"a length of {(uint)length} bytes where {_rest.Length} are left")
            : Take(length, "a text");
    }

    private ReadOnlySpan<byte> Take(int length, string what)
    {
        if (length > _rest.Length)
            throw Broken($"it ends inside {what}");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private readonly ProviderException Broken(string why) => new(ProviderError.ProtocolViolation, $"The answer of z/VM's management API to {function} can't be read: {why}");

    private static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.TrimEnd(" \0"u8));
}
