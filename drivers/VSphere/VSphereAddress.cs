using System.Net;

namespace Anyvisor.Drivers.VSphere;

/// <summary>Where the web service of a vCenter or ESXi is.</summary>
/// <param name="Root">Scheme, host and port.</param>
/// <param name="Sdk">The path that calls go to.</param>
internal sealed record VSphereAddress(Uri Root, string Sdk)
{
    public const string Example = "https://vcenter.example.net/sdk";

    /// <returns>What is wrong with it, for a person; null when nothing is.</returns>
    public static string? TryParse(string url, out VSphereAddress? address)
    {
        address = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            return $"'{url}' is no address of a vCenter or ESXi: it is written {Example}";
        if (uri.UserInfo.Length > 0)
            return "The URL holds a user: give it with --user, and the password with --password-file";
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            return $"The URL has more than host and path: it is written {Example}";
        if (uri.Scheme == "http" && !IsLoopback(uri))
            return "Without TLS the password would be readable on the way: write https://";
        address = new VSphereAddress(new Uri(uri.GetLeftPart(UriPartial.Authority) + "/"), uri.AbsolutePath is "/" or "" ? "/sdk" : uri.AbsolutePath);
        return null;
    }

    private static bool IsLoopback(Uri uri) => uri.IsLoopback || (IPAddress.TryParse(uri.DnsSafeHost, out var ip) && IPAddress.IsLoopback(ip));
}
