using Anyvisor.Model;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Drivers;
using Anyvisor.Server.Events;
using Anyvisor.Server.Health;
using Anyvisor.Server.Inventory;
using Anyvisor.Server.Metrics;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Root;
using Anyvisor.Server.Security;
using Anyvisor.Server.Tokens;
using Anyvisor.Server.Web;

namespace Anyvisor.Server.Startup;

/// <summary>All routes, one line a resource.</summary>
internal static class Routes
{
    internal static void Map(WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        RootRoutes.Map(api);
        DriverRoutes.Map(api);
        InventoryRoutes.Map(api);
        EventRoutes.Map(api);
        TokenRoutes.Map(api);
        SessionRoutes.Map(api);
        AuditRoutes.Map(api);

        HealthRoutes.Map(app);
        MetricsRoutes.Map(app);
        ApiDocument.Map(app);
        WebConsole.Map(app, app.Services.GetRequiredService<WebConsole>());
        Unknown(app);
    }

    // Below /api nothing is said about what exists before sign-in, not even that it does not.
    private static void Unknown(WebApplication app) =>
        app.Map("/api/{**path}", static (HttpContext http, CancellationToken _) => SayUnknown(http))
            .Demand(Role.Viewer)
            .ExcludeFromDescription()
            .WithOrder(int.MaxValue - 1);

    private static Task SayUnknown(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
