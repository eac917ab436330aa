using Anyvisor.Core.Guests;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Inventory;
using Anyvisor.Server.Json;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Anyvisor.Server.Tasks;

namespace Anyvisor.Server.Guests;

/// <summary>Changing <c>/guests</c>: every route makes a task, or a plan for a dry run.</summary>
internal static class GuestCommandRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        Route(api.MapPost("/guests", CreateAsync), "createGuest", "guest.create", "Create a guest").TakesBody<CreateGuest>();
        Route(api.MapPatch("/guests/{id}", PatchAsync), "updateGuest", "guest.change", "Rename, resize or tag a guest").TakesBody<PatchGuest>();
        Route(api.MapDelete("/guests/{id}", DeleteAsync), "deleteGuest", "guest.delete", "Delete a guest, with its disks unless told otherwise", QueryParameter.KeepDisks);
        Route(api.MapPost("/guests/{id}:start", StartAsync), "startGuest", "guest.start", Summary(Verb.Start)).TakesBody<StartGuest>(optional: true);
        foreach (var verb in GuestCommands.PowerVerbs.Remove(Verb.Start))
            MapVerb(api, verb);
        Route(api.MapPost("/guests/{id}:clone", CloneAsync), "cloneGuest", "guest.clone", "Make a guest from another").TakesBody<CloneGuest>();
        Route(api.MapPost("/guests/{id}:capture", CaptureAsync), "captureGuest", "guest.capture", "Make an image of a guest, which stays as it is").TakesBody<CaptureGuest>();
        Route(api.MapPost("/guests/{id}:migrate", MigrateAsync), "migrateGuest", "guest.migrate", "Bring a guest to another host of the same hypervisor")
            .TakesBody<MigrateGuest>();
        Route(api.MapPost("/guests/{id}:move", Move), "moveGuest", "guest.move", "Bring a guest to another provider or hypervisor");
        Route(api.MapPost("/guests/{id}/snapshots", SnapshotAsync), "createGuestSnapshot", "guest.snapshot-create", "Take a snapshot")
            .TakesBody<CreateSnapshot>(optional: true);
        Route(api.MapDelete("/guests/{id}/snapshots/{sid}", DeleteSnapshotAsync), "deleteGuestSnapshot", "guest.snapshot-delete", "Delete a snapshot");
        Route(api.MapPost("/guests/{id}/snapshots/{sid}:revert", RevertAsync), "revertGuestSnapshot", "guest.snapshot-revert", "Go back to a snapshot");
        Route(api.MapPost("/guests:bulk", BulkAsync), "changeGuests", "guests.bulk", "The same verb on many guests: one task with a result for each")
            .TakesBody<BulkAction>();
        api.MapGet("/guests/{id}/metrics", MetricsAsync)
            .Demand(Role.Viewer)
            .Describe("getGuestMetrics", "Guests", "A guest's counters, read now")
            .Answers<GuestMetrics>();
    }

    private static void MapVerb(IEndpointRouteBuilder api, Verb verb)
    {
        var word = EnumWords.Of(verb);
        var route = api.MapPost(
            "/guests/{id}:" + word,
            (HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken) => RunAsync(http, id, verb, commands, cancellationToken)
        );
        Route(route, word + "Guest", "guest." + word, Summary(verb));
    }

    private static RouteHandlerBuilder Route(RouteHandlerBuilder route, string id, string action, string summary, params IReadOnlyList<QueryParameter> more) =>
        route.Demand(Role.Operator).AuditedByTask(action).Describe(id, "Guests", summary).AnswersTask(more);

    private static string Summary(Verb verb) =>
        verb switch
        {
            Verb.Start => "Turn a guest on",
            Verb.Stop => "Pull a guest's plug",
            Verb.Shutdown => "Ask a guest's operating system to end",
            Verb.Reboot => "Ask a guest's operating system to restart",
            Verb.Reset => "Press a guest's reset button",
            Verb.Pause => "Stop a guest's processors and keep its memory in RAM",
            Verb.Resume => "Go on after pause or suspend",
            _ => "Stop a guest and keep its memory on disk",
        };

    private static async Task CreateAsync(HttpContext http, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var request = await JsonBody.ReadAsync<CreateGuest>(http.Request);
        await AskReader.WriteAsync(http, await commands.CreateAsync(request, ask, cancellationToken));
    }

    private static async Task PatchAsync(HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var patch = await JsonBody.ReadAsync<PatchGuest>(http.Request);
        await AskReader.WriteAsync(http, await commands.PatchAsync(Reference.Decode(id), patch, ask, cancellationToken));
    }

    private static async Task DeleteAsync(HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http, "keepDisks");
        var answer = await commands.DeleteAsync(Reference.Decode(id), QueryText.Flag(http.Request, "keepDisks"), ask, cancellationToken);
        await AskReader.WriteAsync(http, answer);
    }

    private static async Task RunAsync(HttpContext http, string id, Verb verb, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        await AskReader.WriteAsync(http, await commands.RunAsync(Reference.Decode(id), verb, ask, cancellationToken));
    }

    private static async Task StartAsync(HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var request = await JsonBody.ReadOptionalAsync<StartGuest>(http.Request) ?? new StartGuest();
        await AskReader.WriteAsync(http, await commands.StartAsync(Reference.Decode(id), request, ask, cancellationToken));
    }

    private static async Task CaptureAsync(HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var request = await JsonBody.ReadAsync<CaptureGuest>(http.Request);
        await AskReader.WriteAsync(http, await commands.CaptureAsync(Reference.Decode(id), request, ask, cancellationToken));
    }

    private static async Task CloneAsync(HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var request = await JsonBody.ReadAsync<CloneGuest>(http.Request);
        await AskReader.WriteAsync(http, await commands.CloneAsync(Reference.Decode(id), request, ask, cancellationToken));
    }

    private static async Task MigrateAsync(HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var request = await JsonBody.ReadAsync<MigrateGuest>(http.Request);
        await AskReader.WriteAsync(http, await commands.MigrateAsync(Reference.Decode(id), request, ask, cancellationToken));
    }

    /// <summary>No driver can export a guest to another kind of provider yet: the answer is the reason that <c>actions</c> shows.</summary>
    private static Task Move(HttpContext http, string id, GuestCommands commands, EstateInventory inventory)
    {
        AskReader.Read(http);
        var guest = inventory.Resolve<Guest>("guest", id);
        throw ProblemFactory.Refused(guest.Name, "Move", commands.ActionsFor(guest, http.Caller().Role)[Verb.Move]);
    }

    private static async Task SnapshotAsync(HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var request = await JsonBody.ReadOptionalAsync<CreateSnapshot>(http.Request) ?? new CreateSnapshot();
        await AskReader.WriteAsync(http, await commands.SnapshotAsync(Reference.Decode(id), request, ask, cancellationToken));
    }

    private static async Task DeleteSnapshotAsync(HttpContext http, string id, string sid, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        await AskReader.WriteAsync(http, await commands.DeleteSnapshotAsync(Reference.Decode(id), Reference.Decode(sid), ask, cancellationToken));
    }

    private static async Task RevertAsync(HttpContext http, string id, string sid, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        await AskReader.WriteAsync(http, await commands.RevertAsync(Reference.Decode(id), Reference.Decode(sid), ask, cancellationToken));
    }

    private static async Task BulkAsync(HttpContext http, GuestCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var request = await JsonBody.ReadAsync<BulkAction>(http.Request);
        await AskReader.WriteAsync(http, await commands.BulkAsync(request, ask, cancellationToken));
    }

    private static async Task MetricsAsync(HttpContext http, string id, GuestCommands commands, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request);
        await JsonAnswer.OkAsync(http, await commands.MetricsAsync(Reference.Decode(id), cancellationToken), ModelJson.Default.GuestMetrics);
    }
}
