using Anyvisor.Core.Access;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;

namespace Anyvisor.Server.Audit;

internal static class AuditRoutes
{
    internal static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/audit", ListAsync)
            .Demand(Role.Admin)
            .Describe("listAudit", "Access", "Who did what, newest first")
            .TakesQuery(QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Fields)
            .Answers<Page<AuditRecord>>();

    private static async Task ListAsync(HttpContext http, AuditLog audit)
    {
        QueryText.RequireKnown(http.Request, "limit", "cursor", "fields");
        var request = ListRequest.Read(http.Request);
        var fields = FieldSelection<AuditRecord>.Parse(request.Fields, ModelJson.Default.AuditRecord);
        var page = await audit.ListAsync(request.Limit, request.Cursor, http.RequestAborted);
        await PageWriter.WriteAsync(http, page, ModelJson.Default.AuditRecord, fields);
    }
}
