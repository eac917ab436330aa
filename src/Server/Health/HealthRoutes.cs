using Anyvisor.Server.Startup;
using Microsoft.AspNetCore.Authorization;

namespace Anyvisor.Server.Health;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: it has its estate loaded and takes work.</summary>
internal static class HealthRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", static (HttpContext http, CancellationToken _) => SayAsync(http, null)).WithMetadata(new AllowAnonymousAttribute()).ExcludeFromDescription();
        routes
            .MapGet("/readyz", static (HttpContext http, Readiness readiness) => SayAsync(http, readiness.NotReady()))
            .WithMetadata(new AllowAnonymousAttribute())
            .ExcludeFromDescription();
    }

    private static Task SayAsync(HttpContext http, string? trouble)
    {
        http.Response.StatusCode = trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync((trouble ?? "ok") + "\n", http.RequestAborted);
    }
}
