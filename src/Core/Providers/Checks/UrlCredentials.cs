namespace Anyvisor.Core.Providers.Checks;

/// <summary>Finds passwords in URLs, which end up in histories, process lists and logs.</summary>
internal static class UrlCredentials
{
    private static readonly string[] SecretNames = ["password", "passwd", "pass", "pwd", "secret", "token", "apikey", "api_key"];

    public static bool HasSecret(string url)
    {
        var question = url.IndexOf('?', StringComparison.Ordinal);
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start >= 0 && (question < 0 || start < question) && UserInfoHasPassword(url.AsSpan(start + 3)))
            return true;
        if (question < 0)
            return false;
        return url[(question + 1)..]
            .Split(['&', ';', '#'])
            .Select(pair => Uri.UnescapeDataString(pair.Split('=', 2)[0]))
            .Any(name => SecretNames.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private static bool UserInfoHasPassword(ReadOnlySpan<char> rest)
    {
        // A password may hold '/', '?' and '#' though it should not: everything up to the last '@' is suspect.
        var at = rest.LastIndexOf('@');
        if (at < 0)
            return false;
        var info = rest[..at];
        var colon = info.IndexOf(':');
        var slash = info.IndexOfAny('/', '?');
        return colon >= 0 && (slash < 0 || colon < slash);
    }
}
