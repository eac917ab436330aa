using Anyvisor.Core.Access;
using Anyvisor.Model;

namespace Anyvisor.Server.Security;

/// <summary>Browser sessions and their cookie, which no script can read.</summary>
internal sealed class Sessions(SessionStore store)
{
    internal const string CookieName = "anyvisor-session";

    /// <summary>Opens a session and gives the browser its cookie.</summary>
    internal async Task OpenAsync(HttpContext http, ApiToken token)
    {
        var (secret, ends) = await store.OpenAsync(token, http.RequestAborted);
        http.Response.Cookies.Append(CookieName, secret, Cookie(http, ends));
    }

    internal ApiToken? Find(string secret) => store.Find(secret);

    internal async Task CloseAsync(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is { } secret)
            await store.CloseAsync(secret);
        http.Response.Cookies.Delete(CookieName, Cookie(http, null));
    }

    private static CookieOptions Cookie(HttpContext http, DateTimeOffset? ends) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = "/",
            Expires = ends,
            IsEssential = true,
        };
}
