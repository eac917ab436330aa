using System.Collections.Immutable;
using Anyvisor.Core.Providers;
using Anyvisor.Driver;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Anyvisor.Server.Providers;

/// <summary><c>/providers</c>: the management APIs that we are connected to. Secrets go in and never come out.</summary>
internal static class ProviderRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/providers", List)
            .Demand(Role.Viewer)
            .Describe("listProviders", "Providers", "List providers, and how each stands")
            .TakesQuery(QueryParameter.Fields)
            .Answers<Page<Provider>>();
        api.MapGet("/providers/{id}", Show)
            .Demand(Role.Viewer)
            .Describe("getProvider", "Providers", "Show one provider")
            .TakesQuery(QueryParameter.Fields)
            .Answers<Provider>();
        api.MapPost("/providers", AddAsync)
            .Demand(Role.Admin)
            .Audited("provider.add")
            .WithMetadata(new RequestTimeoutAttribute(60_000))
            .Describe("addProvider", "Providers", "Add a provider", "Connects first, unless `skipCheck` is set: what can't be reached or refuses us is not kept.")
            .TakesBody<AddProvider>()
            .TakesQuery(QueryParameter.DryRun)
            .Answers<Provider>(StatusCodes.Status201Created)
            .Answers<Plan>();
        api.MapPatch("/providers/{id}", PatchAsync)
            .Demand(Role.Admin)
            .Audited("provider.update")
            .WithMetadata(new RequestTimeoutAttribute(60_000))
            .Describe("updateProvider", "Providers", "Change a provider", "Connects anew with what was changed.")
            .TakesBody<PatchProvider>()
            .Answers<Provider>();
        api.MapDelete("/providers/{id}", RemoveAsync)
            .Demand(Role.Admin)
            .Audited("provider.remove")
            .Describe("removeProvider", "Providers", "Forget a provider", "With its secrets and what we know of its objects. At the provider itself nothing changes.")
            .AnswersNothing();
        api.MapPost("/providers/{id}:check", CheckAsync)
            .Demand(Role.Operator)
            .Audited("provider.check")
            .WithMetadata(new RequestTimeoutAttribute(60_000))
            .Describe("checkProvider", "Providers", "Sign in once more, to see that it works")
            .Answers<Provider>();
        api.MapPost("/providers/{id}:refresh", RefreshAsync)
            .Demand(Role.Operator)
            .Audited("provider.refresh")
            .WithMetadata(new RequestTimeoutAttribute(90_000))
            .Describe(
                "refreshProvider",
                "Providers",
                "Ask for a full listing now",
                "Answers when it is whole. With `accept` a person confirms a listing that lacked an implausible share of the guests."
            )
            .TakesQuery(QueryParameter.Accept)
            .Answers<Provider>();
    }

    private static Task List(HttpContext http, ProviderRegistry registry)
    {
        QueryText.RequireKnown(http.Request, "fields");
        var fields = FieldSelection<Provider>.Parse(QueryText.Single(http.Request, "fields"), ModelJson.Default.Provider);
        ImmutableArray<Provider> all = registry.List();
        return PageWriter.WriteAsync(http, new Page<Provider>(all, null, all.Length), ModelJson.Default.Provider, fields);
    }

    private static Task Show(HttpContext http, string id, ProviderRegistry registry)
    {
        QueryText.RequireKnown(http.Request, "fields");
        var fields = FieldSelection<Provider>.Parse(QueryText.Single(http.Request, "fields"), ModelJson.Default.Provider);
        return JsonAnswer.OkAsync(http, registry.Get(id), ModelJson.Default.Provider, fields);
    }

    private static async Task AddAsync(HttpContext http, ProviderRegistry registry, AuditTrail audit, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request, "dryRun");
        var request = await JsonBody.ReadAsync<AddProvider>(http.Request);
        if (QueryText.Flag(http.Request, "dryRun"))
        {
            var found = await registry.TryAsync(request, cancellationToken);
            await JsonAnswer.OkAsync(http, PlanOf(request, found), ModelJson.Default.Plan);
            return;
        }
        await audit.AcceptAsync(http, $"provider {request.Name}");
        var added = await registry.AddAsync(request, cancellationToken);
        await JsonAnswer.CreatedAsync(http, $"/api/v1/providers/{Uri.EscapeDataString(added.Name)}", added, ModelJson.Default.Provider);
    }

    private static Plan PlanOf(AddProvider request, ProviderAbout? found) =>
        new()
        {
            Steps =
            [
                found is null
                    ? new TaskStep { Name = "connect", Label = $"Connect to {request.Name}: not tried", State = TaskStepState.Skipped }
                    : new TaskStep { Name = "connect", Label = $"Connect to {request.Name}: {found.Product} {found.Version} answers", State = TaskStepState.Done },
                new TaskStep { Name = "keep", Label = $"Keep the provider {request.Name} with its secrets encrypted" },
                new TaskStep { Name = "list", Label = "List what it has" },
            ],
        };

    private static async Task PatchAsync(HttpContext http, string id, ProviderRegistry registry, AuditTrail audit, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request);
        var patch = await JsonBody.ReadAsync<PatchProvider>(http.Request);
        var known = registry.Get(id);
        await audit.AcceptAsync(http, $"provider {known.Name}");
        await JsonAnswer.OkAsync(http, await registry.PatchAsync(known.Name, patch, cancellationToken), ModelJson.Default.Provider);
    }

    private static async Task RemoveAsync(HttpContext http, string id, ProviderRegistry registry, AuditTrail audit, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request);
        var known = registry.Get(id);
        await audit.AcceptAsync(http, $"provider {known.Name}");
        await registry.RemoveAsync(known.Name, cancellationToken);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task CheckAsync(HttpContext http, string id, ProviderRegistry registry, AuditTrail audit, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request);
        var known = registry.Get(id);
        await audit.AcceptAsync(http, $"provider {known.Name}");
        await JsonAnswer.OkAsync(http, await registry.CheckAsync(known.Name, cancellationToken), ModelJson.Default.Provider);
    }

    private static async Task RefreshAsync(HttpContext http, string id, ProviderRegistry registry, AuditTrail audit, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request, "accept");
        var known = registry.Get(id);
        await audit.AcceptAsync(http, $"provider {known.Name}");
        var refreshed = await registry.RefreshAsync(known.Name, QueryText.Flag(http.Request, "accept"), cancellationToken);
        await JsonAnswer.OkAsync(http, refreshed, ModelJson.Default.Provider);
    }
}
