using System.Diagnostics;
using System.Text;
using Anyvisor.Driver.Reading;

namespace Anyvisor.Driver.Ssh;

/// <summary>
/// One signed-in line to an SSH server through the system's own <c>ssh</c>, which brings the user's configuration,
/// agent and jump hosts. Commands run over it side by side, a process of ours each, without signing in again.
/// Thread-safe; disposing it ends the line and everything on it.
/// </summary>
public sealed class SshClient : IAsyncDisposable
{
    /// <summary>sshd lets ten sessions onto one line.</summary>
    private const int MaxSessions = 8;
    private const string Ready = "anyvisor-line-ready";
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly SshTarget _target;
    private readonly string _program;
    private readonly DirectoryInfo _folder;
    // Never disposed: sessions give their place back after the line is gone, too.
    private readonly SemaphoreSlim _slots = new(MaxSessions);
    private readonly Process _line;
    private readonly SshErrors _lineErrors;

    private SshClient(SshTarget target, string program, DirectoryInfo folder, Process line)
    {
        (_target, _program, _folder, _line) = (target, program, folder, line);
        _lineErrors = new SshErrors(line.StandardError);
    }

    public string Host => _target.Host;

    /// <summary>Where its socket is, as long as it lives.</summary>
    internal string Folder => _folder.FullName;

    /// <param name="target">Where.</param>
    /// <param name="program">The name or path of ssh.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    /// <exception cref="ProviderException">It can't be reached, is not who we know, or refuses us.</exception>
    public static async Task<SshClient> ConnectAsync(SshTarget target, string program, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        // 0700: the socket in it is a way in.
        var folder = Directory.CreateTempSubdirectory("anyvisor-ssh-");
        SshPassword? password = null;
        SshClient? client = null;
        try
        {
            password = target.Password is { } secret ? new SshPassword(folder.FullName, secret) : null;
            client = new SshClient(target, program, folder, StartLine(target, program, folder, password));
            await client.BecomeReadyAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            if (client is not null)
                await client.DisposeAsync().ConfigureAwait(false);
            else
                folder.Delete(recursive: true);
            throw;
        }
        finally
        {
            password?.Dispose();
        }
    }

    /// <summary>Runs a command to its end.</summary>
    /// <param name="words">Each arrives as it is.</param>
    /// <param name="input">For its standard input.</param>
    /// <param name="maxOutput">Bytes of output that a sound answer stays below.</param>
    /// <param name="cancellationToken">Carries the deadline; the command is ended with it.</param>
    /// <exception cref="ProviderException">The line is broken, or the output too long. A command that fails is no exception.</exception>
    public async Task<SshResult> RunAsync(IReadOnlyList<string> words, ReadOnlyMemory<byte> input, long maxOutput, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(words);
        await using var process = await StartAsync(words, terminal: false, cancellationToken).ConfigureAwait(false);
        var writing = WriteAsync(process, input, cancellationToken);
        using var output = new MemoryStream();
        using (var bounded = new BoundedStream(process.Output, maxOutput, $"What {_target.Host} says to {words[0]}"))
            await bounded.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        var code = await process.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (code == 255)
            throw Broken(process.Error, mayHaveRun: true);
        return new SshResult(code, Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length), process.Error);
    }

    /// <summary>Starts a command and gives its streams.</summary>
    /// <param name="words">Each arrives as it is.</param>
    /// <param name="terminal">Whether it gets a terminal at its end, as consoles want.</param>
    /// <param name="cancellationToken">Bounds the wait for a free session.</param>
    public Task<SshProcess> StartAsync(IReadOnlyList<string> words, bool terminal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(words);
        return StartAsync(words, terminal, readsErrors: true, cancellationToken);
    }

    internal async Task<SshShell> StartShellAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        new(await StartAsync(words, terminal: false, readsErrors: false, cancellationToken).ConfigureAwait(false), Host);

    /// <summary>Throws when the line has ended.</summary>
    internal async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (_line.HasExited)
            throw await LineBrokenAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<SshProcess> StartAsync(IReadOnlyList<string> words, bool terminal, bool readsErrors, CancellationToken cancellationToken)
    {
        var slot = await SlotAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RequireAsync(cancellationToken).ConfigureAwait(false);
            // Without the line a session must fail, not sign in by itself: it has no password to do so.
            List<string> arguments = ["-S", Socket(_folder), "-o", "ControlMaster=no", "-o", "ProxyCommand=false", "-e", "none", terminal ? "-tt" : "-T"];
            arguments.AddRange([.. _target.Options(), "--", _target.Host, ShellWord.Command(words)]);
            return new SshProcess(Start(_program, arguments, password: null), slot, readsErrors);
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    /// <summary>Ends when the line does, with the reason.</summary>
    public async Task<ProviderException> EndedAsync(CancellationToken cancellationToken)
    {
        await _line.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return await LineBrokenAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _line.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
        await _lineErrors.EndedWithinAsync(LastWords).ConfigureAwait(false);
        _line.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Process StartLine(SshTarget target, string program, DirectoryInfo folder, SshPassword? password)
    {
        List<string> arguments =
        [
            "-M", "-N", "-T", "-S", Socket(folder), "-o", "ControlPersist=no", "-o", "ConnectTimeout=15",
            // A line on which nothing comes back for 15 seconds is dead.
            "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3",
            "-o", "PermitLocalCommand=yes", "-o", $"LocalCommand=echo {Ready}",
            "-o", "ForwardAgent=no", "-o", "ForwardX11=no", "-o", "ClearAllForwardings=yes", "-e", "none",
            "-o", "NumberOfPasswordPrompts=1",
        ];
        if (password is null)
            arguments.AddRange(["-o", "BatchMode=yes"]);
        arguments.AddRange([.. target.Options(), "--", target.Host]);
        return Start(program, arguments, password);
    }

    private static Process Start(string program, IEnumerable<string> arguments, SshPassword? password)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Its messages are read: they must be in the language that the reader knows.
        start.Environment["LC_ALL"] = "C";
        if (password is not null)
        {
            start.Environment["SSH_ASKPASS"] = password.Program;
            start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
        }
        try
        {
            return Process.Start(start) ?? throw new ProviderException(ProviderError.ProviderFault, $"{program} did not start");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ProviderException(ProviderError.ProviderFault, $"'{program}' can't be run: {e.Message}; install the OpenSSH client", e);
        }
    }

    private static string Socket(DirectoryInfo folder) => Path.Combine(folder.FullName, "s");

    private async Task BecomeReadyAsync(CancellationToken cancellationToken)
    {
        while (await _line.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } said)
            if (said == Ready)
                return;
        throw await LineBrokenAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ProviderException> LineBrokenAsync(CancellationToken cancellationToken)
    {
        await _lineErrors.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Broken(_lineErrors.Text, mayHaveRun: false);
    }

    private ProviderException Broken(string said, bool mayHaveRun) =>
        SshFailure.Explain(said, _target.Host).ToException() is var why && mayHaveRun ? why.WithUnknownOutcome() : why;

    private async Task<IDisposable> SlotAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Slot(_slots);
    }

    private static async Task WriteAsync(SshProcess process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.Input.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            process.Input.Close();
        }
        catch (IOException)
        {
            // It ended without reading all: its exit code says why.
        }
    }

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                _ = slots.Release();
        }
    }
}
