using System.Text;
using Anyvisor.Driver.Ssh;

namespace Anyvisor.Drivers.PowerVm.Consoles;

/// <summary>Why a terminal did not open.</summary>
/// <param name="InUse">Somebody else has it.</param>
/// <param name="Said">In the console's words.</param>
internal sealed record TerminalRefusal(bool InUse, string Said);

/// <summary>An open terminal: closing it frees it for others, for the console does not by itself.</summary>
internal sealed class VirtualTerminal(SshClient line, SshProcess process, string[] which) : Stream
{
    private static readonly TimeSpan Freeing = TimeSpan.FromSeconds(10);
    private byte[] _begun = [];
    private int _given;
    private int _closed;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Reads mkvterm's first words: that it is open, or that it can't be. What was read is given to the reader afterwards.</summary>
    public async Task<TerminalRefusal?> RefusalAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var buffer = new byte[4096];
        var read = 0;
        try
        {
            while (read < buffer.Length)
            {
                var count = await process.Output.ReadAsync(buffer.AsMemory(read), both.Token).ConfigureAwait(false);
                if (count == 0)
                    return new TerminalRefusal(IsBusy(Said(buffer, read)), Said(buffer, read) is { Length: > 0 } said ? said : SshFailure.Words(process.Error));
                read += count;
                if (IsBusy(Said(buffer, read)))
                    return new TerminalRefusal(true, Said(buffer, read));
                if (Said(buffer, read).Contains("Open Completed", StringComparison.OrdinalIgnoreCase))
                    break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Silence: it is open, and nobody has said anything yet.
        }
        _begun = buffer[..read];
        return null;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_given < _begun.Length)
        {
            var count = Math.Min(buffer.Length, _begun.Length - _given);
            _begun.AsSpan(_given, count).CopyTo(buffer.Span);
            _given += count;
            return count;
        }
        return await process.Output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await process.Input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await process.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await process.DisposeAsync().ConfigureAwait(false);
        using var patience = new CancellationTokenSource(Freeing);
        try
        {
            _ = await line.RunAsync(["rmvterm", .. which], ReadOnlyMemory<byte>.Empty, 1 << 16, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Driver.ProviderException or OperationCanceledException)
        {
            // The line is gone, and the terminal with it.
        }
        await line.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static bool IsBusy(string said) =>
        said.Contains("already open", StringComparison.OrdinalIgnoreCase) || said.Contains("sessions have been opened and are in use", StringComparison.OrdinalIgnoreCase);

    private static string Said(byte[] buffer, int count) => SshFailure.Words(Encoding.UTF8.GetString(buffer, 0, count));
}
