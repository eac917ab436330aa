using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

/// <summary>A line through an ssh process; what ssh says on its standard error explains its end.</summary>
internal sealed partial class SshLine : Line
{
    private const int KeptText = 4096;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly LibvirtUri _uri;
    private readonly TimeProvider _time;
    private readonly StringBuilder _said = new();
    private readonly Task _listening;

    public SshLine(Process process, LibvirtUri uri, TimeProvider time)
        : base(new DuplexStream(process.StandardOutput.BaseStream, process.StandardInput.BaseStream), $"libvirt at {uri.Host} over SSH", isSecure: true)
    {
        _process = process;
        _uri = uri;
        _time = time;
        _listening = ListenAsync();
    }

    public override async ValueTask<LibvirtException> ExplainAsync(LibvirtException failure)
    {
        try
        {
            // The last words come just before the end; a background process may hold the pipe open longer.
            await _listening.WaitAsync(LastWords, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What was said so far must do.
        }
        var said = Said();
        return said.Length == 0 || failure.Failure != LibvirtFailure.Transport ? failure : Classify(said, _uri.Host, failure);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
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
    }

    internal static LibvirtException Classify(string said, string host, LibvirtException failure)
    {
        bool Says(string text) => said.Contains(text, StringComparison.OrdinalIgnoreCase);
        if (Says("REMOTE HOST IDENTIFICATION HAS CHANGED"))
        {
            return LibvirtException.HostIdentity(
                $"the SSH key of {host} is not the one known before: somebody may be listening in, or the host was reinstalled. " +
                $"The key that was known has the fingerprint {HostKeys.KnownFingerprint(said) ?? "that its known_hosts line tells"}, the one shown now {OfferedFingerprint(said)}. " +
                $"Compare with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then remove the old key (ssh-keygen -R {host}) and accept the new one. ssh says: {said}");
        }
        if (Says("Host key verification failed") || Says("host key is known for"))
        {
            return LibvirtException.HostIdentity(
                $"the SSH key of {host} is not known: connect once with ssh and accept it, or name a known_hosts file in the URI. ssh says: {said}");
        }
        if (Says("Permission denied") || Says("Too many authentication failures"))
        {
            return LibvirtException.Authentication(
                $"{host} refused the SSH key: give one with keyfile=, or load it into ssh-agent. ssh says: {said}", failure);
        }
        return LibvirtException.Transport($"the SSH line to {host} ended: {said}", failure);
    }

    private static string OfferedFingerprint(string said) => Fingerprint().Match(said) is { Success: true } found ? found.Value : "that ssh tells";

    [GeneratedRegex("SHA256:[A-Za-z0-9+/]{43}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fingerprint();

    private async Task ListenAsync()
    {
        var buffer = new char[1024];
        try
        {
            int read;
            while ((read = await _process.StandardError.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                lock (_said)
                    _said.Append(buffer, 0, Math.Min(read, KeptText - _said.Length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process is gone, and what it said is kept.
        }
    }

    private string Said()
    {
        string text;
        lock (_said)
            text = _said.ToString();
        var lines = text.Split(['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.All(c => c == '@'))
            .Select(line => new string([.. line.Trim('@', ' ').Where(c => !char.IsControl(c))]));
        return string.Join(" / ", lines);
    }
}
