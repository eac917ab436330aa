namespace Anyvisor.Drivers.PowerVm.Wire;

/// <summary>The root of a console's API, from what people write.</summary>
internal static class HmcAddress
{
    public const string Example = "https://hmc.example.com:12443";
    private const int Https = 12443;

    /// <summary>What is wrong with it; null when it is well formed.</summary>
    public static string? TryParse(string url, out Uri root)
    {
        root = new Uri(Example);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var given) || given.Scheme is not ("https" or "http") || given.Host.Length == 0)
            return $"'{WithoutUser(url)}' is no address of a management console: write {Example}";
        if (given.UserInfo.Length > 0)
            return "The address holds a user or password: give these by themselves";
        if (given.AbsolutePath.Trim('/') is not ("" or "rest/api") || given.Query.Length > 0)
            return $"The address goes on after the host: write {Example}";
        if (given.Scheme == "http" && !given.IsLoopback)
            return "Without TLS the password could be read on its way: plain http is for NovaLink on the same machine alone; write https";
        root = new UriBuilder(given.Scheme, given.Host, given.IsDefaultPort && !url.Contains(":443", StringComparison.Ordinal) ? Https : given.Port, "/rest/api/").Uri;
        return null;
    }

    private static string WithoutUser(string url) => url.LastIndexOf('@') is var at and >= 0 ? "…" + url[at..] : url;
}
