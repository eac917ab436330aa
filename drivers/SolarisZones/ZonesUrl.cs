using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Ssh;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>Where a global zone is: <c>ssh://user@host[:port]</c>, or <c>https://host[:6788]</c> for RAD.</summary>
/// <param name="Rad">By RAD.</param>
/// <param name="Host">A name or address.</param>
/// <param name="Port">Null is the usual one.</param>
/// <param name="User">Null where the URL has none.</param>
internal sealed record ZonesUrl(bool Rad, string Host, int? Port, string? User)
{
    private const int RadPort = 6788;

    public Uri RadRoot => new($"https://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{(Port ?? RadPort).ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>Null, and what is wrong with it.</summary>
    public static (ZonesUrl? Url, string? Problem) Parse(string text)
    {
        const string Form = "write ssh://USER@HOST[:PORT], or https://HOST:6788 for RAD";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("ssh" or "https") || uri.Host.Length == 0)
            return (null, $"This is no address of a global zone: {Form}.");
        if (uri.PathAndQuery is not ("/" or "") || uri.Fragment.Length > 0)
            return (null, $"The address of a global zone ends after its port: {Form}.");
        if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
            return (null, "A password does not belong in the URL: give it with --password-file.");
        // A host that begins with '-' would be an option of ssh.
        var host = uri.IdnHost.Trim('[', ']');
        if (host.StartsWith('-') || uri.UserInfo.StartsWith('-'))
            return (null, "Host and user do not begin with '-'.");
        return (new ZonesUrl(uri.Scheme == "https", host, uri.Port > 0 && !(uri.Scheme == "https" && uri.IsDefaultPort && !text.Contains(":443", StringComparison.Ordinal)) ? uri.Port : null, uri.UserInfo.Length > 0 ? Uri.UnescapeDataString(uri.UserInfo) : null), null);
    }

    public SshTarget SshTarget(ProviderAddress address) => new()
    {
        Host = Host,
        Port = Port,
        User = address.User ?? User,
        Password = address.Password,
        KeyFile = address.Settings.GetValueOrDefault("key-file"),
        KnownHosts = address.Settings.GetValueOrDefault("known-hosts"),
        Insecure = address.Insecure,
    };
}
