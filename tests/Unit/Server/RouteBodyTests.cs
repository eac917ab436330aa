using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Json;
using Anyvisor.Server.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>Generated from the route table: a route that is added is sent the same rubbish as all others.</summary>
public sealed class RouteBodyTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static readonly ImmutableArray<string> Changes = ["POST", "PUT", "PATCH", "DELETE"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private List<(string Method, RouteEndpoint Route, BodyDescription Body)> WithBody() =>
        [
            .. from route in server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let body = route.Metadata.GetMetadata<BodyDescription>()
            where body is not null
            from method in route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
            select (method, route, body),
        ];

    [Fact]
    public void Every_route_whose_handler_reads_a_body_says_so()
    {
        var routes = WithBody().Select(r => $"{r.Method} {r.Route.RoutePattern.RawText}").ToList();
        Assert.Contains("POST /api/v1/guests", routes);
        Assert.Contains("PATCH /api/v1/providers/{id}", routes);
        Assert.Contains("POST /api/v1/session", routes);
        Assert.True(routes.Count >= 9, string.Join(", ", routes));
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_object_is_refused_with_its_place()
    {
        var lists = new string('[', 5000) + new string(']', 5000);
        (string Body, string Hint)[] rubbish =
        [
            ("[]", "an object"),
            ("7", "an object"),
            ("\"text\"", "an object"),
            ("null", "an object"),
            ("{", "line 1"),
            ("{\n \"name\" 1}", "line 2"),
            (lists, "line 1"),
            ($$"""{"name":{{lists}}}""", "line 1"),
            ("{\"name\":\"a\",\"name\":\"b\"}", "name"),
            ("{} {}", "line 1"),
        ];
        await EachAsync(
            async (method, path, name) =>
            {
                foreach (var (body, hint) in rubbish)
                    await RefusedAsync(method, path, name, Text(body), HttpStatusCode.BadRequest, hint);
            }
        );
    }

    [Fact]
    public async Task A_field_that_nobody_knows_and_a_value_of_the_wrong_kind_are_named()
    {
        foreach (var (method, route, body) in WithBody())
        {
            var name = $"{method} {route.RoutePattern.RawText}";
            await RefusedAsync(method, PathOf(route), name, Text("""{"nosuchfield":1}"""), HttpStatusCode.BadRequest, "nosuchfield");
            foreach (var property in ModelJson.Default.GetTypeInfo(body.Type)!.Properties)
                foreach (var wrong in WrongFor(property))
                    await RefusedAsync(method, PathOf(route), name, Text($$"""{"{{property.Name}}":{{wrong}}}"""), HttpStatusCode.BadRequest, $"$.{property.Name}");
        }
    }

    [Fact]
    public Task A_body_that_is_too_large_is_refused_by_its_size() =>
        EachAsync(
            (method, path, name) =>
                RefusedAsync(method, path, name, Text($$"""{"name":"{{new string('a', JsonBody.Limit)}}"}"""), HttpStatusCode.RequestEntityTooLarge, "1048576")
        );

    [Fact]
    public Task Another_content_type_is_refused_and_told_which_is_taken() =>
        EachAsync(
            async (method, path, name) =>
            {
                foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "nonsense" })
                    await RefusedAsync(method, path, name, Bytes("{}"u8.ToArray(), type), HttpStatusCode.UnsupportedMediaType, "application/json");
            }
        );

    [Fact]
    public Task Bytes_that_are_no_UTF8_are_refused() =>
        EachAsync(
            (method, path, name) =>
                RefusedAsync(method, path, name, Bytes([.. "{\"name\":\""u8, 0xc3, 0x28, 0xff, .. "\"}"u8], "application/json"), HttpStatusCode.BadRequest, "byte 10 is not UTF-8")
        );

    [Fact]
    public async Task A_body_that_is_missing_is_missed_where_it_is_needed()
    {
        foreach (var (method, route, body) in WithBody().Where(r => !r.Body.Optional))
        {
            var name = $"{method} {route.RoutePattern.RawText}";
            await RefusedAsync(method, PathOf(route), name, null, HttpStatusCode.UnsupportedMediaType, "application/json");
            await RefusedAsync(method, PathOf(route), name, Text(""), HttpStatusCode.BadRequest, "JSON");
        }
    }

    [Fact]
    public void Every_change_can_be_tried_dry_and_repeated_by_key()
    {
        var routes =
            from route in server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            where route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Any(method => Changes.Contains(method)) == true
            // Signing in and out changes nothing but who the browser is.
            where !route.RoutePattern.RawText!.EndsWith("/session", StringComparison.Ordinal)
            select route;
        Assert.All(
            routes,
            route =>
            {
                var names = route.Metadata.OfType<QueryParameters>().SelectMany(parameters => parameters.All).Select(parameter => parameter.Name).ToList();
                Assert.True(names.Contains("dryRun") && names.Contains("Idempotency-Key"), $"{route.RoutePattern.RawText}: {string.Join(", ", names)}");
                var statuses = route.Metadata.OfType<Microsoft.AspNetCore.Http.Metadata.IProducesResponseTypeMetadata>().Select(answer => answer.StatusCode).ToList();
                Assert.True(statuses.Contains(202) || route.RoutePattern.RawText == "/api/v1/tokens", $"{route.RoutePattern.RawText} answers {string.Join(", ", statuses)}");
                Assert.NotNull(route.Metadata.GetMetadata<AuditAction>());
            }
        );
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused_by_every_change()
    {
        var routes =
            from route in server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            where route.Metadata.GetMetadata<AuditAction>() is not null
            from method in route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
            select (method, route);
        foreach (var (method, route) in routes)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), PathOf(route));
            request.Headers.TryAddWithoutValidation("Idempotency-Key", new string('k', 201));
            using var response = await server.Admin.SendAsync(request, Cancel);
            Assert.Contains("idempotency key", await response.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        }
    }

    private async Task EachAsync(Func<string, string, string, Task> check)
    {
        foreach (var (method, route, _) in WithBody())
            await check(method, PathOf(route), $"{method} {route.RoutePattern.RawText}");
    }

    private async Task RefusedAsync(string method, string path, string name, HttpContent? content, HttpStatusCode status, string hint)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        // As a client does that would rather be refused by the size than send it.
        request.Headers.ExpectContinue = status == HttpStatusCode.RequestEntityTooLarge;
        using var response = await server.Admin.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == status, $"{name}: expected {status}, got {response.StatusCode} {text}");
        Assert.True("application/problem+json" == response.Content.Headers.ContentType?.MediaType, $"{name}: {text}");
        Assert.True(JsonElement.Parse(text).GetProperty("detail").GetString()!.Contains(hint, StringComparison.Ordinal), $"{name}: no '{hint}' in {text}");
    }

    private static IEnumerable<string> WrongFor(JsonPropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(string))
            return ["7", "[]", "{}", "true"];
        if (type == typeof(bool))
            return ["\"yes\"", "1", "{}"];
        if (type == typeof(int) || type == typeof(long))
            return ["\"1\"", "1.5", "99999999999999999999", "[]"];
        if (type == typeof(double) || type == typeof(decimal))
            return ["\"1\"", "[]", "true"];
        if (type.IsEnum || type == typeof(DateTime))
            return ["\"nosuchword\"", "7", "[]"];
        return ["\"text\"", "7", "true"];
    }

    private static StringContent Text(string body) => Requests.Json(body);

    private static ByteArrayContent Bytes(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private static string PathOf(RouteEndpoint route) =>
        "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part is RoutePatternLiteralPart literal ? literal.Content : "x"))));
}
