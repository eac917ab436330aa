using System.Buffers.Binary;
using System.Text;

namespace Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;

/// <summary>XDR as the fake daemon writes it: its own, so that a mistake of the client's codec shows.</summary>
internal sealed class Bytes
{
    private readonly List<byte> _out = [];

    public byte[] ToArray() => [.. _out];

    public Bytes Int(int value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, value);
        _out.AddRange(four);
        return this;
    }

    public Bytes Long(long value)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, value);
        _out.AddRange(eight);
        return this;
    }

    public Bytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _out.AddRange(bytes);
        return this;
    }

    public Bytes Opaque(ReadOnlySpan<byte> bytes)
    {
        Int(bytes.Length);
        _out.AddRange(bytes);
        _out.AddRange(new byte[(4 - bytes.Length % 4) % 4]);
        return this;
    }

    public Bytes Text(string text) => Opaque(Encoding.UTF8.GetBytes(text));

    public Bytes MaybeText(string? text) => text is null ? Int(0) : Int(1).Text(text);

    /// <summary>Chars, one in four bytes.</summary>
    public Bytes WideChars(ReadOnlySpan<byte> chars)
    {
        Int(chars.Length);
        foreach (var c in chars)
            Int(c);
        return this;
    }

    /// <summary>A UUID of which the last four bytes are the number.</summary>
    public Bytes Uuid(int number) => Raw(new byte[12]).Int(number);

    public Bytes Domain(string name, int uuid, int id) => Text(name).Uuid(uuid).Int(id);

    public static byte[] Error(int code, int domain, string message) => new Bytes()
        .Int(code).Int(domain).MaybeText(message).Int(2).Int(0)
        .MaybeText(null).MaybeText(null).MaybeText(null).Int(-1).Int(-1).Int(0).ToArray();

    public static byte[] Frame(uint program, int procedure, int type, uint serial, int status, ReadOnlySpan<byte> payload) =>
        new Bytes().Int(28 + payload.Length).Int((int)program).Int(1).Int(procedure).Int(type).Int((int)serial).Int(status).Raw(payload).ToArray();
}
