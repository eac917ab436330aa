namespace Anyvisor.Cli.Terminal;

/// <summary>Finds a text in a stream that comes in pieces, holding no more of it than the text is long.</summary>
internal sealed class TextWatch(byte[] text)
{
    private byte[] _tail = [];

    /// <summary>Whether the text has come, now that these bytes have.</summary>
    internal bool Add(ReadOnlySpan<byte> bytes)
    {
        byte[] seen = [.. _tail, .. bytes];
        if (seen.AsSpan().IndexOf(text) >= 0)
            return true;
        _tail = seen.Length < text.Length ? seen : seen[^(text.Length - 1)..];
        return false;
    }
}
