using Anyvisor.Core.Problems;
using Microsoft.Net.Http.Headers;

namespace Anyvisor.Server.Security;

/// <summary>Tells our own page from a stranger's that makes the browser send our cookie.</summary>
internal static class SameSite
{
    /// <summary>Any value will do: a stranger's page can't send it without our consent, which nobody gets.</summary>
    internal const string Header = "X-Anyvisor";
    private const string FetchSite = "Sec-Fetch-Site";

    /// <summary>Before every change that is signed in by cookie.</summary>
    internal static Task RequireAsync(HttpContext http, RequestDelegate next)
    {
        if (SignedIn.Find(http) is { ByCookie: true } && IsUnsafe(http.Request.Method))
        {
            RequireOurs(http.Request);
            if (!http.Request.Headers.ContainsKey(Header) && !http.Request.Headers.ContainsKey(FetchSite) && !http.Request.Headers.ContainsKey(HeaderNames.Origin))
                throw ProblemFactory.PermissionDenied(
                    $"A change that is signed in by cookie has to prove that it comes from the console's own page: send the header {Header}, or use a token."
                );
        }
        return next(http);
    }

    /// <exception cref="CommandException">The browser says that another site's page sends this.</exception>
    internal static void RequireOurs(HttpRequest request)
    {
        if (!OriginIsOurs(request) || request.Headers[FetchSite] is not ([] or ["same-origin"] or ["none"]))
            throw ProblemFactory.PermissionDenied(
                $"The page at {request.Headers.Origin} may not use this server: only the console that it serves itself may. Other programs use a token."
            );
    }

    /// <summary>Whether the page that sends this is ours; clients that are no browsers send no origin.</summary>
    internal static bool OriginIsOurs(HttpRequest request) =>
        request.Headers.Origin is not [{ Length: > 0 } origin] || origin == $"{request.Scheme}://{request.Host}";

    private static bool IsUnsafe(string method) => !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method));
}
