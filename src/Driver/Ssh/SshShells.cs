using System.Collections.Concurrent;

namespace Anyvisor.Driver.Ssh;

/// <summary>
/// Runs commands on an SSH line by shells that stay: a command costs the other end a process, and not a session with its
/// sign-in records, and us none. Two shells are kept; more are there while more commands run at once. Thread-safe;
/// disposing it leaves the line.
/// </summary>
/// <param name="ssh">The line.</param>
/// <param name="shell">The words that start a POSIX shell which reads its standard input.</param>
public sealed class SshShells(SshClient ssh, IReadOnlyList<string> shell) : IAsyncDisposable
{
    private const int Kept = 2;

    private readonly ConcurrentStack<SshShell> _idle = new();
    private volatile bool _disposed;

    /// <summary>Runs a command to its end.</summary>
    /// <param name="words">Each arrives as it is.</param>
    /// <param name="input">Lines for its standard input.</param>
    /// <param name="maxOutput">Bytes of output that a sound answer stays below.</param>
    /// <param name="cancellationToken">Carries the deadline. When it strikes, the shell is given up; what it runs may go on.</param>
    /// <exception cref="ProviderException">The line is broken, or the output too long. A command that fails is no exception.</exception>
    public async Task<SshResult> RunAsync(IReadOnlyList<string> words, string input, long maxOutput, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(input);
        await ssh.RequireAsync(cancellationToken).ConfigureAwait(false);
        ProviderException? lost = null;
        try
        {
            // One that was kept may have been ended by its host since. A new one that ends is no good at all.
            while (_idle.TryPop(out var idle))
            {
                if (await RunAsync(idle, words, input, maxOutput, cancellationToken).ConfigureAwait(false) is { } result)
                    return result;
                lost = idle.Ended;
            }
            var fresh = await ssh.StartShellAsync(shell, cancellationToken).ConfigureAwait(false);
            return await RunAsync(fresh, words, input, maxOutput, cancellationToken).ConfigureAwait(false)
                ?? throw new ProviderException(fresh.Ended!.Error, $"The user's account at {ssh.Host} runs no shell ('{string.Join(' ', shell)}'): {fresh.Ended.Message}", fresh.Ended);
        }
        catch (ProviderException e) when (lost is not null && !e.OutcomeUnknown && e.Error == ProviderError.Unreachable)
        {
            // Where the line broke, the first shell may have begun and could not say so.
            throw e.WithUnknownOutcome();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        while (_idle.TryPop(out var idle))
            await idle.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<SshResult?> RunAsync(SshShell taken, IReadOnlyList<string> words, string input, long maxOutput, CancellationToken cancellationToken)
    {
        SshResult? result = null;
        try
        {
            return result = await taken.RunAsync(words, input, maxOutput, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (result is not null && !_disposed && _idle.Count < Kept)
                _idle.Push(taken);
            else
                await taken.DisposeAsync().ConfigureAwait(false);
        }
    }
}
