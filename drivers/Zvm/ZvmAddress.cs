using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Zvm;

/// <summary>Where a system's interface is: the connector by http or https, the management API by smapi or smapis (TLS from the first byte).</summary>
internal sealed record ZvmAddress(Uri Root, bool Smapi, ImmutableArray<Uri> Members, TimeSpan Poll)
{
    internal const int SmapiPort = 44444;
    internal const int FeilongPort = 8080;
    internal static readonly TimeSpan DefaultPoll = TimeSpan.FromSeconds(2);

    internal static ImmutableArray<string> Examples { get; } = ["https://zvm1.example.org:8080", "http://10.1.2.3:8080", "smapi://zvm1.example.org:44444", "smapis://zvm1.example.org:44445"];

    internal bool Tls => Root.Scheme is "https" or "smapis";

    /// <summary>What is wrong with it, for a person; null when it is well formed.</summary>
    internal static string? TryParse(ProviderAddress address, out ZvmAddress? parsed)
    {
        parsed = null;
        if (Url(address.Url) is not { } root)
            return $"'{Shown(address.Url)}' is no address of a z/VM system: give the cloud connector as https://HOST:{FeilongPort} or the management API as smapi://HOST:{SmapiPort}";
        if (root.UserInfo.Length > 0)
            return "The user and password do not belong in the URL: give them by --user and --password-file";
        var smapi = root.Scheme is "smapi" or "smapis";
        if (smapi && string.IsNullOrEmpty(address.User))
            return "The management API asks for a z/VM user: give one by --user, and its password by --password-file";
        var members = ImmutableArray.CreateBuilder<Uri>();
        foreach (var word in address.Settings.GetValueOrDefault("members", "").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Url(word) is not { } member || member.Scheme != root.Scheme || member.UserInfo.Length > 0)
                return $"The setting members takes addresses as the URL is one ({root.Scheme}://...), with commas between, not '{Shown(word)}'";
            members.Add(member);
        }
        var poll = DefaultPoll;
        if (address.Settings.TryGetValue("poll", out var text))
        {
            if (Seconds(text) is not { } given || given < TimeSpan.FromMilliseconds(200) || given > TimeSpan.FromMinutes(5))
                return $"The setting poll takes 1s to 5m, not '{text}'";
            poll = given;
        }
        parsed = new ZvmAddress(root, smapi, members.ToImmutable(), poll);
        return null;
    }

    private static Uri? Url(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0 || url.Scheme is not ("http" or "https" or "smapi" or "smapis") || url.Query.Length > 0 || url.Fragment.Length > 0)
            return null;
        if (url.Port <= 0)
            url = new UriBuilder(url) { Port = SmapiPort }.Uri;
        return url.AbsolutePath.EndsWith('/') ? url : new UriBuilder(url) { Path = url.AbsolutePath + "/" }.Uri;
    }

    private static TimeSpan? Seconds(string text)
    {
        var unit = text.AsSpan().TrimStart("0123456789.").ToString();
        double? seconds = unit switch { "" or "s" => 1, "ms" => 0.001, "m" => 60, _ => null };
        return seconds is { } each && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count * each < 1e6
            ? TimeSpan.FromSeconds(count * each)
            : null;
    }

    // Somebody may have put a password into it.
    private static string Shown(string url) => url.Contains('@', StringComparison.Ordinal) ? "***" + url[url.LastIndexOf('@')..] : url;
}
