using System.Buffers.Binary;
using System.Text;
using Anyvisor.Drivers.Zvm.Simulator.Estate;

namespace Anyvisor.Drivers.Zvm.Simulator.Smapi;

/// <summary>Builds an answer's output.</summary>
internal sealed class OutputBytes
{
    private readonly List<byte> _bytes = [];

    internal int Length => _bytes.Count;

    internal OutputBytes Int1(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    internal OutputBytes Int4(int value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, value);
        _bytes.AddRange(four);
        return this;
    }

    internal OutputBytes Int8(long value) => Int4((int)(value >> 32)).Int4((int)value);

    internal OutputBytes Raw(string text)
    {
        _bytes.AddRange(Encoding.UTF8.GetBytes(text));
        return this;
    }

    internal OutputBytes Zero(string text) => Raw(text).Int1(0);

    internal OutputBytes Text(string text) => Int4(Encoding.UTF8.GetByteCount(text)).Raw(text);

    /// <summary>With the length of it before.</summary>
    internal OutputBytes Part(Action<OutputBytes> fill)
    {
        var part = new OutputBytes();
        fill(part);
        Int4(part.Length);
        _bytes.AddRange(part._bytes);
        return this;
    }

    internal byte[] ToArray() => [.. _bytes];
}

/// <summary>Reads a request. What is cut short is a syntax error, as the real server says it.</summary>
internal sealed class RequestBytes(byte[] bytes)
{
    private int _at;
    private int _parameter;

    internal bool AtEnd => _at >= bytes.Length;

    internal byte Int1() => Take(1)[0];

    internal int Int4() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    internal string Text() => Encoding.UTF8.GetString(Take(Int4()));

    /// <summary>Keys and values, each ended by a zero byte; a list that is counted as one text too.</summary>
    internal Dictionary<string, string> Pairs()
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (AtEnd)
            return pairs;
        if (bytes[_at] == 0)
            _ = Int4();
        foreach (var pair in Encoding.UTF8.GetString(bytes.AsSpan(_at)).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            if (pair.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                pairs[pair[..at].Trim()] = pair[(at + 1)..];
        _at = bytes.Length;
        return pairs;
    }

    internal List<string> Array()
    {
        var end = Int4() + _at;
        if (end < _at || end > bytes.Length)
            throw Syntax();
        var items = new List<string>();
        while (_at < end)
            items.Add(Text());
        return items;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        _parameter++;
        if (count < 0 || count > bytes.Length - _at)
            throw Syntax();
        _at += count;
        return bytes.AsSpan(_at - count, count);
    }

    private Refusal Syntax() => new(24, _parameter * 100 + 13, "Length of a parameter is not valid");
}
