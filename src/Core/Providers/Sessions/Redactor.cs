using System.Text;
using Anyvisor.Driver;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>
/// Takes a provider's secrets out of texts that come from its side: some systems repeat a request in their error.
/// Types keep secrets out of our own texts; this is for texts that we did not write.
/// </summary>
internal sealed class Redactor
{
    /// <summary>Shorter ones would blacken ordinary words.</summary>
    private const int Shortest = 4;
    private readonly string[] _forms;

    public Redactor(ProviderAddress address)
    {
        var secrets = address.Secrets.Values.Append(address.Password).OfType<Secret>().Select(secret => secret.Reveal());
        _forms =
        [
            .. secrets.Where(secret => secret.Length >= Shortest).SelectMany(Forms).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length),
        ];
    }

    public string Clean(string text)
    {
        foreach (var form in _forms)
            text = text.Replace(form, "***", StringComparison.OrdinalIgnoreCase);
        return text;
    }

    private static IEnumerable<string> Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return secret;
        yield return Convert.ToBase64String(bytes).TrimEnd('=');
        yield return Convert.ToHexStringLower(bytes);
        yield return Uri.EscapeDataString(secret);
        yield return System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(secret);
    }
}
