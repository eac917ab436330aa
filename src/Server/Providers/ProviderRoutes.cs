using System.Collections.Immutable;
using Anyvisor.Core.Providers;
using Anyvisor.Core.Providers.Commands;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Anyvisor.Server.Tasks;
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
            .AuditedByTask("provider.add")
            // A dry run connects before it answers.
            .WithMetadata(new RequestTimeoutAttribute(60_000))
            .Describe(
                "addProvider",
                "Providers",
                "Add a provider",
                "Connects first, unless `skipCheck` is set: what can't be reached or refuses us is not kept. A dry run connects too."
            )
            .TakesBody<AddProvider>()
            .AnswersTask();
        api.MapPatch("/providers/{id}", UpdateAsync)
            .Demand(Role.Admin)
            .AuditedByTask("provider.update")
            .Describe("updateProvider", "Providers", "Change a provider", "Connects anew with what was changed.")
            .TakesBody<PatchProvider>()
            .AnswersTask();
        api.MapDelete("/providers/{id}", RemoveAsync)
            .Demand(Role.Admin)
            .AuditedByTask("provider.remove")
            .Describe("removeProvider", "Providers", "Forget a provider", "With its secrets and what we know of its objects. At the provider itself nothing changes.")
            .AnswersTask();
        api.MapPost("/providers/{id}:check", CheckAsync)
            .Demand(Role.Operator)
            .AuditedByTask("provider.check")
            .Describe("checkProvider", "Providers", "Sign in once more, to see that it works", "The task's error says what is wrong, where, and what to do.")
            .AnswersTask();
        api.MapPost("/providers/{id}:refresh", RefreshAsync)
            .Demand(Role.Operator)
            .AuditedByTask("provider.refresh")
            .Describe(
                "refreshProvider",
                "Providers",
                "Ask for a full listing now",
                "The task ends when it is whole. With `accept` a person confirms a listing that lacked an implausible share of the guests."
            )
            .AnswersTask(QueryParameter.Accept);
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

    private static async Task AddAsync(HttpContext http, ProviderCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var request = await JsonBody.ReadAsync<AddProvider>(http.Request);
        await AskReader.WriteAsync(http, await commands.AddAsync(request, ask, cancellationToken));
    }

    private static async Task UpdateAsync(HttpContext http, string id, ProviderCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        var patch = await JsonBody.ReadAsync<PatchProvider>(http.Request);
        await AskReader.WriteAsync(http, await commands.UpdateAsync(id, patch, ask, cancellationToken));
    }

    private static async Task RemoveAsync(HttpContext http, string id, ProviderCommands commands, CancellationToken cancellationToken) =>
        await AskReader.WriteAsync(http, await commands.RemoveAsync(id, AskReader.Read(http), cancellationToken));

    private static async Task CheckAsync(HttpContext http, string id, ProviderCommands commands, CancellationToken cancellationToken) =>
        await AskReader.WriteAsync(http, await commands.CheckAsync(id, AskReader.Read(http), cancellationToken));

    private static async Task RefreshAsync(HttpContext http, string id, ProviderCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http, "accept");
        await AskReader.WriteAsync(http, await commands.RefreshAsync(id, QueryText.Flag(http.Request, "accept"), ask, cancellationToken));
    }
}
