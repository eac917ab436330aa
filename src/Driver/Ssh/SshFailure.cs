using System.Text.RegularExpressions;

namespace Anyvisor.Driver.Ssh;

/// <summary>Why ssh gave up.</summary>
public enum SshFailureKind : byte
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>The host shows a key that is not the one we know, or one that we do not know.</summary>
    HostIdentity,

    /// <summary>Our key or password is not accepted.</summary>
    Refused,
}

/// <summary>What ssh's own words mean, and what to do about it.</summary>
/// <param name="Kind">Why it gave up.</param>
/// <param name="Message">For a person.</param>
public sealed partial record SshFailure(SshFailureKind Kind, string Message)
{
    /// <param name="said">What ssh wrote to its standard error, in English.</param>
    /// <param name="host">As people know it.</param>
    public static SshFailure Explain(string said, string host)
    {
        ArgumentNullException.ThrowIfNull(said);
        var words = Words(said);
        bool Says(string text) => said.Contains(text, StringComparison.OrdinalIgnoreCase);
        if (Says("REMOTE HOST IDENTIFICATION HAS CHANGED"))
        {
            return new(
                SshFailureKind.HostIdentity,
                $"the SSH key of {host} is not the one known before: somebody may be listening in, or the host was reinstalled. " +
                $"The key that was known has the fingerprint {HostKeys.KnownFingerprint(words) ?? "that its known_hosts line tells"}, the one shown now {OfferedFingerprint(words)}. " +
                $"Compare with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then remove the old key (ssh-keygen -R {host}) and accept the new one. ssh says: {words}");
        }
        if (Says("Host key verification failed") || Says("host key is known for"))
        {
            return new(
                SshFailureKind.HostIdentity,
                $"the SSH key of {host} is not known: connect once with ssh and accept it, or name a known_hosts file that has it. ssh says: {words}");
        }
        if (Says("Permission denied") || Says("Too many authentication failures"))
            return new(SshFailureKind.Refused, $"{host} refused the SSH key or password: give another, or load the key into ssh-agent. ssh says: {words}");
        return new(SshFailureKind.Unreachable, $"the SSH line to {host} ended: {(words.Length == 0 ? "it said nothing" : words)}");
    }

    public ProviderException ToException(Exception? inner = null) =>
        new(Kind == SshFailureKind.Refused ? ProviderError.AuthenticationFailed : ProviderError.Unreachable, char.ToUpperInvariant(Message[0]) + Message[1..], inner);

    /// <summary>On one line, without banners and control characters.</summary>
    public static string Words(string said)
    {
        var lines = said.Split(['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.All(c => c == '@'))
            .Select(line => new string([.. line.Trim('@', ' ').Where(c => !char.IsControl(c))]));
        return string.Join(" / ", lines);
    }

    private static string OfferedFingerprint(string said) => Fingerprint().Match(said) is { Success: true } found ? found.Value : "that ssh tells";

    [GeneratedRegex("SHA256:[A-Za-z0-9+/]{43}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fingerprint();
}
