using Anyvisor.Server.Audit;
using Anyvisor.Server.Consoles;
using Anyvisor.Server.Drivers;
using Anyvisor.Server.Events;
using Anyvisor.Server.Guests;
using Anyvisor.Server.Health;
using Anyvisor.Server.Images;
using Anyvisor.Server.Inventory;
using Anyvisor.Server.Metrics;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Providers;
using Anyvisor.Server.Root;
using Anyvisor.Server.Tasks;
using Anyvisor.Server.Tokens;

namespace Anyvisor.Server.Startup;

/// <summary>All routes, one line a resource.</summary>
internal static class Routes
{
    internal static void Map(WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        RootRoutes.Map(api);
        DriverRoutes.Map(api);
        ProviderRoutes.Map(api);
        InventoryRoutes.Map(api);
        ImageRoutes.Map(api, app.Services.GetRequiredService<ServerOptions>());
        GuestRoutes.Map(api);
        GuestCommandRoutes.Map(api);
        ConsoleRoutes.Map(api);
        TaskRoutes.Map(api);
        EventRoutes.Map(api);
        TokenRoutes.Map(api);
        SessionRoutes.Map(api);
        AuditRoutes.Map(api);

        HealthRoutes.Map(app);
        MetricsRoutes.Map(app);
        ApiDocument.Map(app);
    }
}
