using Anyvisor.Core.Access;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Anyvisor.Server.Tasks;

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
            .Describe(
                "addToken",
                "Access",
                "Make a token",
                "Done when answered, unlike other changes: the answer holds its key, this one time. The same idempotency key again answers 409 and makes no second token."
            )
            .TakesBody<AddToken>()
            .TakesQuery(QueryParameter.IdempotencyKey, QueryParameter.DryRun)
            .Answers<NewApiToken>(StatusCodes.Status201Created)
            .Answers<Plan>();
        api.MapDelete("/tokens/{id}", RemoveAsync)
            .Demand(Role.Admin)
            .AuditedByTask("token.remove")
            .Describe("removeToken", "Access", "Take a token away, from this moment", "Answered when the task has ended.")
            .AnswersTask();
    }

    private static Task ListAsync(HttpContext http, TokenStore tokens)
    {
        QueryText.RequireKnown(http.Request);
        var all = tokens.List();
        return PageWriter.WriteAsync(http, new Page<ApiToken>(all, null, all.Length), ModelJson.Default.ApiToken);
    }

    private static async Task AddAsync(HttpContext http, TokenCommands commands, AuditTrail audit, CancellationToken cancellationToken)
    {
        var ask = AskReader.ReadWithoutQueue(http);
        var request = await JsonBody.ReadAsync<AddToken>(http.Request);
        if (ask.DryRun)
        {
            await JsonAnswer.OkAsync(http, commands.PlanCreate(request), ModelJson.Default.Plan);
            return;
        }
        var made = await commands.CreateAsync(request, ask, () => audit.AcceptAsync(http, $"token {request.Name}"), cancellationToken);
        await JsonAnswer.CreatedAsync(http, $"/api/v1/tokens/{Uri.EscapeDataString(request.Name)}", made, ModelJson.Default.NewApiToken);
    }

    private static async Task RemoveAsync(HttpContext http, string id, TokenCommands commands, CancellationToken cancellationToken) =>
        await AskReader.WriteAsync(http, await commands.RemoveAsync(id, AskReader.Read(http), cancellationToken));
}
