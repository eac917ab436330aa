using System.Diagnostics;

namespace Anyvisor.Driver.Ssh;

/// <summary>A command that runs at the other end, with its streams. Disposing it ends it.</summary>
public sealed class SshProcess : IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly IDisposable _slot;
    private readonly SshErrors? _errors;

    /// <param name="process">The local ssh.</param>
    /// <param name="slot">Given back at its end.</param>
    /// <param name="readsErrors">Whether its standard error is read here; else it is <see cref="ErrorOutput"/>.</param>
    internal SshProcess(Process process, IDisposable slot, bool readsErrors)
    {
        (_process, _slot) = (process, slot);
        _errors = readsErrors ? new SshErrors(process.StandardError) : null;
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it wrote to its standard error so far: the beginning, at most.</summary>
    public string Error => _errors?.Text ?? "";

    internal Stream ErrorOutput => _process.StandardError.BaseStream;

    /// <summary>Waits for its end and gives its exit code; 255 is ssh's own.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (_errors is not null)
            await _errors.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
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
        // The line holds our end of a session until the command there has ended, which may be long after ours: with our
        // side closed it has nobody to talk to, and we wait for no more of it.
        if (_errors is not null)
            await _errors.EndedWithinAsync(LastWords).ConfigureAwait(false);
        _process.Dispose();
        _slot.Dispose();
    }
}
