using System.IO.Pipelines;
using System.Text;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Zvm;

/// <summary>
/// A user's console as a stream: what it has shown, and then what it shows, asked for every few seconds. What is typed
/// goes nowhere, and the first key says so.
/// </summary>
internal sealed class ConsoleLog : Stream
{
    private const string Notice = "\r\n[the console of a z/VM user is read-only here]\r\n";

    private readonly Pipe _pipe = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _following;
    private readonly Stream _reader;
    private int _told;

    /// <param name="first">What it has shown so far.</param>
    /// <param name="read">Asks for all that it has shown.</param>
    /// <param name="poll">How often.</param>
    /// <param name="time">The clock.</param>
    internal ConsoleLog(string first, Func<CancellationToken, Task<string>> read, TimeSpan poll, TimeProvider time)
    {
        _reader = _pipe.Reader.AsStream();
        _following = FollowAsync(first, read, poll, time);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _reader.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => _reader.ReadAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => _reader.Read(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _ = Interlocked.CompareExchange(ref _told, 1, 0);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => _ = Interlocked.CompareExchange(ref _told, 1, 0);

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed.IsCancellationRequested)
        {
            _closed.Cancel();
            _pipe.Reader.Complete();
        }
        base.Dispose(disposing);
    }

    private async Task FollowAsync(string shown, Func<CancellationToken, Task<string>> read, TimeSpan poll, TimeProvider time)
    {
        Exception? failure = null;
        try
        {
            await SendAsync(shown).ConfigureAwait(false);
            while (true)
            {
                await Task.Delay(poll, time, _closed.Token).ConfigureAwait(false);
                if (Interlocked.CompareExchange(ref _told, 2, 1) == 1)
                    await SendAsync(Notice).ConfigureAwait(false);
                var all = await read(_closed.Token).ConfigureAwait(false);
                // The log grows at its end; where it does not begin as before, it was begun anew.
                await SendAsync(all.StartsWith(shown, StringComparison.Ordinal) ? all[shown.Length..] : all).ConfigureAwait(false);
                shown = all;
            }
        }
        catch (OperationCanceledException)
        {
            failure = null;
        }
        catch (ProviderException e)
        {
            failure = new IOException(e.Message, e);
        }
        await _pipe.Writer.CompleteAsync(failure).ConfigureAwait(false);
    }

    private async Task SendAsync(string text)
    {
        if (text.Length > 0)
            await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), _closed.Token).ConfigureAwait(false);
    }
}
