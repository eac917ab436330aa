using Anyvisor.Core.Access;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;

namespace Anyvisor.Server.Tokens;

/// <summary><c>/tokens</c>: named keys to the API. For administrators.</summary>
internal static class TokenRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/tokens", ListAsync)
            .Demand(Role.Admin)
            .Describe("listTokens", "Access", "All tokens, without their keys")
            .Answers<Page<ApiToken>>();
        api.MapPost("/tokens", AddAsync)
            .Demand(Role.Admin)
            .Audited("token.add")
            .Describe("addToken", "Access", "Make a token", "The answer holds its key, this one time.")
            .TakesBody<AddToken>()
            .Answers<NewApiToken>(StatusCodes.Status201Created);
        api.MapDelete("/tokens/{id}", RemoveAsync)
            .Demand(Role.Admin)
            .Audited("token.remove")
            .Describe("removeToken", "Access", "Take a token away, from this moment")
            .AnswersNothing();
    }

    private static Task ListAsync(HttpContext http, TokenStore tokens)
    {
        QueryText.RequireKnown(http.Request);
        var all = tokens.List();
        return PageWriter.WriteAsync(http, new Page<ApiToken>(all, null, all.Length), ModelJson.Default.ApiToken);
    }

    private static async Task AddAsync(HttpContext http, TokenStore tokens, AuditTrail audit, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<AddToken>(http.Request);
        await audit.AcceptAsync(http, $"token {request.Name}");
        var made = await tokens.CreateAsync(request.Name, request.Role, request.ExpiresAt?.ToUniversalTime(), cancellationToken);
        await JsonAnswer.CreatedAsync(http, $"/api/v1/tokens/{Uri.EscapeDataString(request.Name)}", made, ModelJson.Default.NewApiToken);
    }

    private static async Task RemoveAsync(HttpContext http, string id, TokenStore tokens, AuditTrail audit, CancellationToken cancellationToken)
    {
        await audit.AcceptAsync(http, $"token {id}");
        await tokens.RemoveAsync(id, cancellationToken);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
