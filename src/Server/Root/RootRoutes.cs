using System.Collections.Immutable;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Json;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Anyvisor.Server.Startup;

namespace Anyvisor.Server.Root;

/// <summary><c>GET /api/v1</c>: which server this is, and what it can do beyond the first version of the API.</summary>
internal static class RootRoutes
{
    // Clients test for these; none is ever taken away. Add one when the API grows.
    private static readonly ImmutableArray<string> Features =
    [
        "bulk", "console-serial", "console-vnc", "dry-run", "events-resume", "fields", "history", "idempotency-key",
        "images-upload", "native", "sessions", "task-wait",
    ];

    internal static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("", ShowAsync).Demand(Role.Viewer).Describe("getServer", "Server", "The server, its features, and who asks").Answers<ServerAbout>();

    private static Task ShowAsync(HttpContext http, CancellationToken _)
    {
        QueryText.RequireKnown(http.Request);
        var caller = http.Caller();
        var about = new ServerAbout("anyvisor", ServerVersion.Text, Features, new Session(caller.Name, caller.Role));
        return JsonAnswer.OkAsync(http, about, ModelJson.Default.ServerAbout);
    }
}
