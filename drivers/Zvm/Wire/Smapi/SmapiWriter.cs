using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Anyvisor.Drivers.Zvm.Wire.Smapi;

/// <summary>Builds a request: integers big-endian, texts counted or ended by a zero byte.</summary>
internal sealed class SmapiWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal SmapiWriter Int1(byte value)
    {
        _bytes.Write<byte>([value]);
        return this;
    }

    internal SmapiWriter Int4(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    internal SmapiWriter Text(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Int4(bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary><c>key=value</c>, ended by a zero byte, without a length before it.</summary>
    internal SmapiWriter Pair(string key, string value)
    {
        _bytes.Write(Encoding.UTF8.GetBytes($"{key}={value}").AsSpan());
        _bytes.Write<byte>([0]);
        return this;
    }

    /// <summary>Counted texts, with the byte length of all of them before.</summary>
    internal SmapiWriter Array(IEnumerable<string> items)
    {
        var inner = new SmapiWriter();
        foreach (var item in items)
            inner.Text(item);
        Int4(inner._bytes.WrittenCount);
        _bytes.Write(inner._bytes.WrittenSpan);
        return this;
    }

    internal byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    /// <summary>A whole request: the number of bytes that follow, who asks, what of whom, and the parameters.</summary>
    internal static byte[] Request(string function, string user, string password, string target, Action<SmapiWriter>? parameters)
    {
        var body = new SmapiWriter().Text(function).Text(user).Text(password).Text(target);
        parameters?.Invoke(body);
        var whole = new SmapiWriter().Int4(body._bytes.WrittenCount);
        whole._bytes.Write(body._bytes.WrittenSpan);
        return whole.ToArray();
    }
}
