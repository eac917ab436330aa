using System.Net;
using Anyvisor.Model;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>Generated from the route table: a route that is added without a thought for access fails here.</summary>
public sealed class RouteAccessTests(RunningServer server) : IClassFixture<RunningServer>
{
    // Each with the reason why a stranger may call it.
    private static readonly Dictionary<string, string> Open = new(StringComparer.Ordinal)
    {
        ["GET /healthz"] = "says that the process lives",
        ["GET /readyz"] = "says that it takes work",
        ["GET /metrics"] = "for this machine, others need a token",
        ["GET /openapi/v1.json"] = "is in the repository",
        ["POST /api/v1/session"] = "is the sign-in",
        ["GET /api/v1/guests/{id}/console/{kind}"] = "takes a ticket instead",
    };

    private IEnumerable<(string Method, RouteEndpoint Route)> Routes() =>
        from route in server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (method, route);

    private static string Name(string method, RouteEndpoint route) => $"{method} {route.RoutePattern.RawText}";

    [Fact]
    public void Every_route_demands_a_role_or_is_open_for_a_reason()
    {
        var undecided = Routes().Where(r => r.Route.Metadata.GetMetadata<RequiredRole>() is null).Select(r => Name(r.Method, r.Route)).ToHashSet();
        Assert.Equal(Open.Keys.Order(StringComparer.Ordinal), undecided.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_stranger_is_refused_everywhere_else_before_anything_is_looked_at()
    {
        foreach (var (method, route) in Routes().Where(r => r.Route.Metadata.GetMetadata<RequiredRole>() is not null))
        {
            using var response = await SendAsync(server.Stranger, method, route);
            await response.ProblemAsync(HttpStatusCode.Unauthorized);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Fact]
    public async Task A_token_of_a_lower_role_is_refused_and_told_which_it_needs()
    {
        foreach (var (method, route) in Routes())
        {
            if (route.Metadata.GetMetadata<RequiredRole>() is not { Role: > Role.Viewer } needed)
                continue;
            using var asViewer = await SendAsync(server.Viewer, method, route);
            Assert.Contains(needed.Role.ToString().ToLowerInvariant(), await asViewer.ProblemAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
            if (needed.Role == Role.Operator)
                continue;
            using var asOperator = await SendAsync(server.Operator, method, route);
            await asOperator.ProblemAsync(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task An_unknown_route_is_refused_to_strangers_and_not_found_to_callers()
    {
        using var stranger = await server.Stranger.GetAsync("/api/v1/nowhere", TestContext.Current.CancellationToken);
        await stranger.ProblemAsync(HttpStatusCode.Unauthorized);
        using var caller = await server.Viewer.GetAsync("/api/v1/nowhere", TestContext.Current.CancellationToken);
        Assert.Contains("/api/v1/nowhere", await caller.ProblemAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
        using var other = await server.Viewer.PutAsync("/api/v2", null, TestContext.Current.CancellationToken);
        await other.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_known_path_with_another_method_says_which_it_takes()
    {
        using var wrong = await server.Viewer.PutAsync("/api/v1/tokens", Requests.Json("{}"), TestContext.Current.CancellationToken);
        Assert.Contains("GET", await wrong.ProblemAsync(HttpStatusCode.MethodNotAllowed), StringComparison.Ordinal);
        using var stranger = await server.Stranger.PutAsync("/api/v1/tokens", Requests.Json("{}"), TestContext.Current.CancellationToken);
        await stranger.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void Every_change_is_audited() =>
        Assert.All(
            Routes().Where(r => r.Method is not "GET" && r.Route.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal) && !r.Route.RoutePattern.RawText.EndsWith("/session", StringComparison.Ordinal)),
            r => Assert.True(r.Route.Metadata.GetMetadata<Anyvisor.Server.Audit.AuditAction>() is not null, Name(r.Method, r.Route))
        );

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, RouteEndpoint route)
    {
        var path = string.Join(
            '/',
            route.RoutePattern.PathSegments.Select(segment =>
                string.Concat(segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "x"))
            )
        );
        return client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/" + path), TestContext.Current.CancellationToken);
    }
}
