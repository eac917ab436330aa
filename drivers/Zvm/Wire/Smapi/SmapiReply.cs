using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Zvm.Wire.Smapi;

/// <summary>An answer: its codes and what came after them.</summary>
internal sealed record SmapiReply(int RequestId, int ReturnCode, int ReasonCode, ReadOnlyMemory<byte> Output)
{
    internal const int HeaderLength = 12;

    /// <summary>Larger than any directory that we know of, smaller than what would hurt.</summary>
    internal const int MaxLength = 256 << 20;

    internal string Code => string.Create(CultureInfo.InvariantCulture, $"{ReturnCode}/{ReasonCode}");

    internal bool Succeeded => (ReturnCode, ReasonCode) is (0, _);

    /// <summary>A whole answer as it comes: the request's id at once, and later the length and the rest.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderError.ProtocolViolation"/>.</exception>
    internal static SmapiReply Parse(ReadOnlyMemory<byte> bytes, string function)
    {
        if (bytes.Length < 8)
            throw Broken(function, "it has no length");
        var accepted = BinaryPrimitives.ReadInt32BigEndian(bytes.Span);
        var length = Length(bytes.Span[4..8], function);
        if (length != bytes.Length - 8)
            throw Broken(function, $"it says {length} bytes and has {bytes.Length - 8}");
        return ParseBody(bytes[8..], accepted, function);
    }

    /// <summary>The number of bytes after the length.</summary>
    internal static int Length(ReadOnlySpan<byte> bytes, string function)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
        return length is >= HeaderLength and <= MaxLength ? length : throw Broken(function, $"it says that it has {(uint)length} bytes");
    }

    internal static SmapiReply ParseBody(ReadOnlyMemory<byte> body, int accepted, string function)
    {
        var span = body.Span;
        var id = BinaryPrimitives.ReadInt32BigEndian(span);
        return id != accepted
            ? throw Broken(function, $"it is for request {id}, and ours is {accepted}")
            : new SmapiReply(id, BinaryPrimitives.ReadInt32BigEndian(span[4..]), BinaryPrimitives.ReadInt32BigEndian(span[8..]), body[HeaderLength..]);
    }

    internal SmapiReader Read(string function) => new(Output.Span, function);

    /// <summary>What the output of a failure says in words, if it is text.</summary>
    internal string Words(string function)
    {
        var printable = new StringBuilder();
        foreach (var b in Output.Span)
            printable.Append(b is >= 0x20 and < 0x7f ? (char)b : ' ');
        var text = string.Join(' ', printable.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return text.Length > 500 ? text[..500] : text.Length > 3 ? text : ReturnCodes.Words(ReturnCode, ReasonCode);
    }

    private static ProviderException Broken(string function, string why) => new(ProviderError.ProtocolViolation, $"The answer of z/VM's management API to {function} can't be read: {why}");
}
