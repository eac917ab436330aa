using System.Buffers.Binary;

namespace Anyvisor.Simulation.Ssh;

/// <summary>
/// How sessions of <see cref="Sshd"/> are handed over: a letter, four bytes of length, the bytes. There come the port (P),
/// whether there is a terminal (T), the command (C), what is typed (I) and its end (E); there go output (O), errors (R),
/// the exit code (X), and the order to cut the line (K).
/// </summary>
public static class SessionFrames
{
    private const int Largest = 16 << 20;
    private const int Chunk = 256 << 10;

    /// <exception cref="IOException">The line is gone, or speaks otherwise.</exception>
    public static async Task<(char Kind, byte[] Bytes)> ReadAsync(Stream line, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(line);
        var head = new byte[5];
        await line.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1));
        if (length is < 0 or > Largest)
            throw new IOException("A frame is too large.");
        var bytes = new byte[length];
        await line.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return ((char)head[0], bytes);
    }

    /// <summary>In as many frames as it takes. One writer at a time.</summary>
    public static void Send(Stream line, char kind, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length > 0; bytes = bytes[Math.Min(Chunk, bytes.Length)..])
            Frame(line, kind, bytes[..Math.Min(Chunk, bytes.Length)]);
    }

    /// <summary>One frame, empty ones too. One writer at a time.</summary>
    public static void Frame(Stream line, char kind, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(line);
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], bytes.Length);
        line.Write(head);
        line.Write(bytes);
    }
}
