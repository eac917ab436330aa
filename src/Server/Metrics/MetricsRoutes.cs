using System.Text;
using Anyvisor.Model;
using Anyvisor.Server.Security;

namespace Anyvisor.Server.Metrics;

/// <summary><c>GET /metrics</c> in Prometheus' text format.</summary>
internal static class MetricsRoutes
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", WriteAsync).RequireAuthorization(policy => policy.AddRequirements(new LocalOr(Role.Viewer))).ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext http, PrometheusExporter exporter)
    {
        var text = new StringBuilder();
        foreach (var series in exporter.Collect())
            series.Write(text);
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(text.ToString(), http.RequestAborted);
    }
}
