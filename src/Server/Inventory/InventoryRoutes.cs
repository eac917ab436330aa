using System.Text.Json.Serialization.Metadata;
using Anyvisor.Core.Inventory;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;

namespace Anyvisor.Server.Inventory;

/// <summary>The lists that are alike: <c>/hosts</c>, <c>/images</c>, <c>/datastores</c> and so on, and one object of each.</summary>
internal static class InventoryRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        Map(api, "host", "hosts", ModelJson.Default.Host);
        Map(api, "cluster", "clusters", ModelJson.Default.Cluster);
        Map(api, "image", "images", ModelJson.Default.Image);
        Map(api, "size", "sizes", ModelJson.Default.Size);
        Map(api, "volume", "volumes", ModelJson.Default.Volume);
        Map(api, "datastore", "datastores", ModelJson.Default.Datastore);
        Map(api, "network", "networks", ModelJson.Default.Network);
    }

    private static void Map<T>(IEndpointRouteBuilder api, string kind, string list, JsonTypeInfo<T> type)
        where T : class, IInventoryObject
    {
        var (tag, name) = (Capital(list), Capital(kind));
        api.MapGet("/" + list, (HttpContext http, EstateInventory inventory) => ListAsync(http, inventory, type))
            .Demand(Role.Viewer)
            .Describe("list" + tag, tag, "List " + list)
            .TakesList()
            .Answers<Page<T>>();
        api.MapGet($"/{list}/{{id}}", (HttpContext http, string id, EstateInventory inventory) => ShowAsync(http, id, kind, inventory, type))
            .Demand(Role.Viewer)
            .Describe("get" + name, tag, "Show one " + kind)
            .TakesQuery(QueryParameter.Fields, QueryParameter.Native)
            .Answers<T>();
    }

    private static Task ListAsync<T>(HttpContext http, EstateInventory inventory, JsonTypeInfo<T> type)
        where T : class, IInventoryObject
    {
        var request = ListRequest.Read(http.Request);
        var fields = FieldSelection<T>.Parse(request.Fields, type);
        return PageWriter.WriteAsync(http, inventory.Query<T>(request.ToQuery()), type, fields);
    }

    private static Task ShowAsync<T>(HttpContext http, string id, string kind, EstateInventory inventory, JsonTypeInfo<T> type)
        where T : class, IInventoryObject
    {
        QueryText.RequireKnown(http.Request, "fields", "native");
        var found = inventory.Resolve<T>(kind, id);
        return QueryText.Flag(http.Request, "native")
            ? NativeAnswer.WriteAsync(http, inventory, found.Id)
            : JsonAnswer.OkAsync(http, found, type, FieldSelection<T>.Parse(QueryText.Single(http.Request, "fields"), type));
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
