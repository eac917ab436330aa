using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Anyvisor.Driver.Ssh;

/// <summary>The key that a known_hosts file has for a host, as ssh names it when the host shows another.</summary>
internal static partial class HostKeys
{
    private const int LongestLine = 64 * 1024;

    /// <summary>
    /// The fingerprint of the key that was known, in ssh's own form; null where ssh names no line, or it holds no key.
    /// ssh says only the new one's, and people must compare.
    /// </summary>
    /// <param name="said">What ssh said: <c>Offending ED25519 key in FILE:LINE</c>.</param>
    public static string? KnownFingerprint(string said)
    {
        var offending = Offending().Match(said);
        if (!offending.Success || !int.TryParse(offending.Groups["line"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        try
        {
            return File.ReadLines(offending.Groups["file"].Value).Skip(number - 1).FirstOrDefault() is { Length: < LongestLine } line ? FingerprintOf(line) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It went since ssh read it: ssh's own words remain.
        }
    }

    /// <summary>Of a line <c>[@marker] hosts type base64 [comment]</c>.</summary>
    internal static string? FingerprintOf(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var key = Array.FindIndex(words, w => w.StartsWith("ssh-", StringComparison.Ordinal) || w.StartsWith("ecdsa-", StringComparison.Ordinal) || w.StartsWith("sk-", StringComparison.Ordinal)) + 1;
        if (key <= 0 || key >= words.Length || !Base64.IsValid(words[key]))
            return null;
        var hash = SHA256.HashData(Convert.FromBase64String(words[key]));
        return $"SHA256:{Convert.ToBase64String(hash).TrimEnd('=')}";
    }

    [GeneratedRegex(@"Offending \S+ key in (?<file>[^:]+):(?<line>\d+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Offending();
}
