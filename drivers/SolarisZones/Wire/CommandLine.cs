using Anyvisor.Driver;
using Anyvisor.Driver.Ssh;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>Runs commands on a global zone over one SSH line: in the C locale, with the rights that the user's profiles give. Thread-safe.</summary>
internal sealed class CommandLine(SshClient ssh, string host) : IAsyncDisposable
{
    private const long MostOutput = 1L << 30;

    // Where root's commands are, which a user's own path may not name.
    private static readonly string[] Environment = ["env", "LC_ALL=C", "LANG=C", "PATH=/usr/sbin:/usr/bin:/sbin:/usr/xpg4/bin"];

    private readonly SshShells _shells = new(ssh, [.. Environment, "sh"]);
    private bool _privileged = true;

    public string Host => host;

    /// <summary>Whether we are root there. Others run everything through their profiles: pfexec, pfsh.</summary>
    public void SignedInAs(bool root) => _privileged = root;

    /// <summary>Runs one command; throws when it fails.</summary>
    /// <param name="words">Each arrives as it is.</param>
    /// <param name="doing">For the error: <c>boot zone 'web'</c>.</param>
    /// <param name="changes">Whether it changes something: when the line breaks, it may have been done.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task<string> RunAsync(IReadOnlyList<string> words, string doing, bool changes, CancellationToken cancellationToken)
    {
        var result = await CallAsync(Privileged(words), "", doing, changes, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw CommandErrors.Translate(words[0], result.ExitCode, Said(result), doing);
    }

    /// <summary>Runs one command and gives what came of it, whatever it is.</summary>
    public Task<SshResult> TryAsync(IReadOnlyList<string> words, string doing, CancellationToken cancellationToken) =>
        CallAsync(Privileged(words), "", doing, changes: false, cancellationToken);

    /// <summary>Runs a script of <see cref="Scripts"/>.</summary>
    /// <param name="script">A constant.</param>
    /// <param name="arguments">Its positional parameters.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="doing">For the error.</param>
    /// <param name="changes">Whether it changes something.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task<string> ScriptAsync(string script, IReadOnlyList<string> arguments, string input, string doing, bool changes, CancellationToken cancellationToken)
    {
        var result = await CallAsync(Shell(script, arguments), input, doing, changes, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw CommandErrors.Translate(arguments.FirstOrDefault(a => !a.Contains('/') && a.StartsWith("zone", StringComparison.Ordinal)) ?? "sh", result.ExitCode, Said(result), doing);
    }

    /// <summary>Starts one command and gives its streams.</summary>
    public Task<SshProcess> StartAsync(IReadOnlyList<string> words, bool terminal, CancellationToken cancellationToken) =>
        ssh.StartAsync([.. _privileged ? Environment : [.. Environment, "pfexec"], .. words], terminal, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _shells.DisposeAsync().ConfigureAwait(false);
        await ssh.DisposeAsync().ConfigureAwait(false);
    }

    private IReadOnlyList<string> Privileged(IReadOnlyList<string> words) => _privileged ? words : ["pfexec", .. words];

    private List<string> Shell(string script, IReadOnlyList<string> arguments) =>
        [_privileged ? "sh" : "pfsh", "-c", script, "sh", .. arguments];

    private async Task<SshResult> CallAsync(IReadOnlyList<string> words, string input, string doing, bool changes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await _shells.RunAsync(words, input, MostOutput, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e)
        {
            throw new ProviderException(e.Error, $"Could not {doing}: {e.Message}", e) { OutcomeUnknown = changes && e.OutcomeUnknown };
        }
    }

    private static string Said(SshResult result) => result.Error.Length > 0 ? result.Error : result.Output;
}
