using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Consoles;

/// <summary>
/// A terminal that greets, echoes what is typed and answers a few commands: enough to see a console work without a
/// machine behind it. One reader and one writer at a time.
/// </summary>
internal sealed class SerialConsole : Stream
{
    private const int LongestLine = 1024;
    private readonly Pipe _out = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly StringBuilder _line = new();
    private readonly Guest _guest;
    private readonly Stream _reading;

    public SerialConsole(Guest guest)
    {
        _guest = guest;
        _reading = _out.Reader.AsStream();
        Say($"\r\n{guest.Os.Distribution ?? "simulated"} {guest.Os.Version} {guest.Name} ttyS0\r\n\r\n{guest.Name} login: ");
        Flushed(_out.Writer.FlushAsync());
    }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new InvalidOperationException("A console has no length.");

    public override long Position
    {
        get => throw new InvalidOperationException("A console has no position.");
        set => throw new InvalidOperationException("A console has no position.");
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _reading.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => _reading.ReadAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => _reading.Read(buffer, offset, count);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < buffer.Length; i++)
            Type((char)buffer.Span[i]);
        await _out.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        foreach (var typed in buffer.AsSpan(offset, count))
            Type((char)typed);
        Flushed(_out.Writer.FlushAsync());
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new InvalidOperationException("A console has no position.");

    public override void SetLength(long value) => throw new InvalidOperationException("A console has no length.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _out.Writer.Complete();
            _reading.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Type(char typed)
    {
        switch (typed)
        {
            case '\r' or '\n':
                Say("\r\n" + Answer(_line.ToString().Trim()) + Prompt);
                _line.Clear();
                break;
            case '\b' or '\u007f' when _line.Length > 0:
                _line.Length--;
                Say("\b \b");
                break;
            case >= ' ' and <= '~' when _line.Length < LongestLine:
                _line.Append(typed);
                Say(typed.ToString());
                break;
        }
    }

    private string Prompt => $"{_guest.Name}$ ";

    private string Answer(string command) =>
        command switch
        {
            "" => "",
            "help" => "help, hostname, uname, nproc, free, ip\r\n",
            "hostname" => _guest.Name + "\r\n",
            "uname" => $"{_guest.Os.Family} {_guest.Arch}\r\n",
            "nproc" => $"{_guest.Vcpus}\r\n",
            "free" => $"{_guest.Memory >> 20} MiB\r\n",
            "ip" => string.Join("\r\n", _guest.Addresses.DefaultIfEmpty("no address")) + "\r\n",
            _ => $"{command}: this guest is simulated; try help\r\n",
        };

    private void Say(string text) => _out.Writer.Write(Encoding.ASCII.GetBytes(text));

    /// <summary>The bytes are in the pipe whether or not its reader has caught up.</summary>
    private static void Flushed(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompleted)
            _ = flush.AsTask();
    }
}
