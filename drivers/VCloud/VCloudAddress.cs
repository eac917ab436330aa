using System.Net;

namespace Anyvisor.Drivers.VCloud;

/// <summary>Where a Cloud Director is.</summary>
internal static class VCloudAddress
{
    public const string Example = "https://vcd.example.net";

    /// <returns>What is wrong with it, for a person; null when nothing is.</returns>
    public static string? TryParse(string url, out Uri? root)
    {
        root = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            return $"'{url}' is no address of a Cloud Director: it is written {Example}";
        if (uri.UserInfo.Length > 0)
            return "The URL holds a user: give it with --user, as user@organisation, and the password with --password-file";
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.AbsolutePath is not ("/" or "/api" or "/api/"))
            return $"The URL has more than a host: it is written {Example}";
        if (uri.Scheme == "http" && !uri.IsLoopback && !(IPAddress.TryParse(uri.DnsSafeHost, out var ip) && IPAddress.IsLoopback(ip)))
            return "Without TLS the password would be readable on the way: write https://";
        root = new Uri(uri.GetLeftPart(UriPartial.Authority) + "/");
        return null;
    }
}
