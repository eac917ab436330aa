using Anyvisor.Core.Inventory;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Inventory;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;

namespace Anyvisor.Server.Guests;

/// <summary>Reading <c>/guests</c>: the list, one guest, its past, its snapshots and its own words.</summary>
internal static class GuestRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/guests", List)
            .Demand(Role.Viewer)
            .Describe("listGuests", "Guests", "List guests", "Each with the actions that the caller can take now, and why not the others.")
            .TakesList(QueryParameter.Service)
            .Answers<Page<Guest>>();
        api.MapGet("/guests/{id}", ShowAsync)
            .Demand(Role.Viewer)
            .Describe("getGuest", "Guests", "Show one guest")
            .TakesQuery(QueryParameter.Fields, QueryParameter.Native)
            .Answers<Guest>();
        api.MapGet("/guests/{id}/native", NativeAsync)
            .Demand(Role.Viewer)
            .Describe("getGuestNative", "Guests", "What the system itself says of the guest, in its own words")
            .Produces<System.Text.Json.JsonElement>(StatusCodes.Status200OK, "application/json");
        api.MapGet("/guests/{id}/history", HistoryAsync)
            .Demand(Role.Viewer)
            .Describe("getGuestHistory", "Guests", "A guest's past, newest first")
            .TakesQuery(QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Fields)
            .Answers<Page<HistoryEntry>>();
        api.MapGet("/guests/{id}/snapshots", Snapshots)
            .Demand(Role.Viewer)
            .Describe("listGuestSnapshots", "Guests", "A guest's snapshots, oldest first")
            .TakesQuery(QueryParameter.Fields)
            .Answers<Page<Snapshot>>();
    }

    private static Task List(HttpContext http, EstateInventory inventory, GuestView view)
    {
        var request = ListRequest.Read(http.Request, "service");
        var fields = FieldSelection<Guest>.Parse(request.Fields, ModelJson.Default.Guest);
        var page = inventory.QueryGuests(request.ToQuery(QueryText.Flag(http.Request, "service")));
        return PageWriter.WriteAsync(http, page, ModelJson.Default.Guest, fields, view.For(http.Caller().Role, fields));
    }

    private static Task ShowAsync(HttpContext http, string id, EstateInventory inventory, GuestView view)
    {
        QueryText.RequireKnown(http.Request, "fields", "native");
        var guest = inventory.Resolve<Guest>("guest", id);
        if (QueryText.Flag(http.Request, "native"))
            return NativeAnswer.WriteAsync(http, inventory, guest.Id);
        var fields = FieldSelection<Guest>.Parse(QueryText.Single(http.Request, "fields"), ModelJson.Default.Guest);
        var shown = view.For(http.Caller().Role, fields) is { } complete ? complete(guest) : guest;
        return JsonAnswer.OkAsync(http, shown, ModelJson.Default.Guest, fields);
    }

    private static Task NativeAsync(HttpContext http, string id, EstateInventory inventory)
    {
        QueryText.RequireKnown(http.Request);
        return NativeAnswer.WriteAsync(http, inventory, inventory.Resolve<Guest>("guest", id).Id);
    }

    private static async Task HistoryAsync(HttpContext http, string id, EstateInventory inventory, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request, "limit", "cursor", "fields");
        var request = ListRequest.Read(http.Request);
        var fields = FieldSelection<HistoryEntry>.Parse(request.Fields, ModelJson.Default.HistoryEntry);
        var guest = inventory.Resolve<Guest>("guest", id);
        var page = await inventory.HistoryAsync(guest.Id, request.Limit, request.Cursor, cancellationToken);
        await PageWriter.WriteAsync(http, page, ModelJson.Default.HistoryEntry, fields);
    }

    private static Task Snapshots(HttpContext http, string id, EstateInventory inventory)
    {
        // A guest has few: they come whole, and a client that pages asks for no more than there is.
        QueryText.RequireKnown(http.Request, "fields", "limit");
        var fields = FieldSelection<Snapshot>.Parse(QueryText.Single(http.Request, "fields"), ModelJson.Default.Snapshot);
        var all = inventory.Snapshots(inventory.Resolve<Guest>("guest", id).Id);
        return PageWriter.WriteAsync(http, new Page<Snapshot>(all, null, all.Length), ModelJson.Default.Snapshot, fields);
    }
}
