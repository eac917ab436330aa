namespace Anyvisor.Server.Security;

/// <summary>What every answer tells the browser to refuse.</summary>
internal static class SecurityHeaders
{
    // Styles may be inline: PatternFly and the terminal set them on elements. Scripts may not.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    internal static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(
            static state =>
            {
                var http = (HttpContext)state;
                var headers = http.Response.Headers;
                headers.ContentSecurityPolicy = Policy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers["Cross-Origin-Resource-Policy"] = "same-origin";
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
                if (http.Request.IsHttps)
                    headers.StrictTransportSecurity = "max-age=31536000";
                // Answers of the API are for the one who asked, now.
                if (http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && headers.CacheControl.Count == 0)
                    headers.CacheControl = "no-store";
                return Task.CompletedTask;
            },
            http
        );
        return next(http);
    }
}
