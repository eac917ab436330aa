using System.Collections.Immutable;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Driver;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;

namespace Anyvisor.Server.Drivers;

/// <summary><c>/drivers</c>: what this server can speak to, which settings each takes and what each can do.</summary>
internal static class DriverRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/drivers", List)
            .Demand(Role.Viewer)
            .Describe("listDrivers", "Drivers", "List drivers", "With the settings that each takes and the verbs that it can do.")
            .TakesQuery(QueryParameter.Fields)
            .Answers<Page<DriverInfo>>();
        api.MapGet("/drivers/{id}", Show).Demand(Role.Viewer).Describe("getDriver", "Drivers", "Show one driver").Answers<DriverInfo>();
    }

    private static Task List(HttpContext http, ImmutableDictionary<string, IDriver> drivers)
    {
        QueryText.RequireKnown(http.Request, "fields");
        var fields = FieldSelection<DriverInfo>.Parse(QueryText.Single(http.Request, "fields"), ModelJson.Default.DriverInfo);
        ImmutableArray<DriverInfo> all = [.. drivers.Values.Select(driver => EmulatedTags.Completed(driver.Info)).OrderBy(info => info.Kind, StringComparer.Ordinal)];
        return PageWriter.WriteAsync(http, new Page<DriverInfo>(all, null, all.Length), ModelJson.Default.DriverInfo, fields);
    }

    private static Task Show(HttpContext http, string id, ImmutableDictionary<string, IDriver> drivers) =>
        drivers.TryGetValue(id, out var driver)
            ? JsonAnswer.OkAsync(http, EmulatedTags.Completed(driver.Info), ModelJson.Default.DriverInfo)
            : throw ProblemFactory.NotFound("driver", id, NearestNames.To(id, drivers.Keys));
}
