using System.Diagnostics;
using System.Text;

namespace Anyvisor.Driver.Ssh;

/// <summary>A command that runs at the other end, with its streams. Disposing it ends it.</summary>
public sealed class SshProcess : IAsyncDisposable
{
    private const int KeptError = 16 * 1024;

    private readonly Process _process;
    private readonly IDisposable _slot;
    private readonly StringBuilder _error = new();
    private readonly Task _listening;

    internal SshProcess(Process process, IDisposable slot)
    {
        (_process, _slot) = (process, slot);
        _listening = ListenAsync();
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it wrote to its standard error so far: the beginning, at most.</summary>
    public string Error
    {
        get
        {
            lock (_error)
                return _error.ToString();
        }
    }

    /// <summary>Waits for its end and gives its exit code; 255 is ssh's own.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await _listening.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
        await _listening.ConfigureAwait(false);
        _process.Dispose();
        _slot.Dispose();
    }

    private async Task ListenAsync()
    {
        var buffer = new char[1024];
        try
        {
            int read;
            while ((read = await _process.StandardError.ReadAsync(buffer).ConfigureAwait(false)) > 0)
                lock (_error)
                    _error.Append(buffer, 0, Math.Min(read, KeptError - _error.Length));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone, and what it said is kept.
        }
    }
}
