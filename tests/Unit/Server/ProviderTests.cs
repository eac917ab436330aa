using System.Net;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class ProviderTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<HttpResponseMessage> AddAsync(string body, string query = "") => server.Admin.PostAsync("/api/v1/providers" + query, body);

    [Theory]
    [InlineData("""{"name":"a","driver":"simm","url":"sim:"}""", HttpStatusCode.BadRequest, "sim")]
    [InlineData("""{"name":"a","driver":"loop","url":"looop:"}""", HttpStatusCode.BadRequest, "loop:")]
    [InlineData("""{"name":"a b/c","driver":"loop","url":"loop:"}""", HttpStatusCode.BadRequest, "a b/c")]
    [InlineData("""{"name":"a","driver":"loop","url":"loop:","password":"wrong"}""", HttpStatusCode.BadGateway, "refuses")]
    public async Task What_can_not_work_is_not_kept_and_says_why(string body, HttpStatusCode status, string hint)
    {
        using var response = await AddAsync(body);
        Assert.Contains(hint, await response.ProblemAsync(status), StringComparison.Ordinal);
        Assert.False(server.Core.Providers.Has("a"));
    }

    [Fact]
    public async Task A_dry_run_connects_and_keeps_nothing()
    {
        using var response = await AddAsync("""{"name":"dry","driver":"loop","url":"loop:"}""", "?dryRun=true");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEqual(0, (await response.JsonAsync()).GetProperty("steps").GetArrayLength());
        Assert.False(server.Core.Providers.Has("dry"));
        using var refused = await AddAsync("""{"name":"dry","driver":"loop","url":"loop:","password":"wrong"}""", "?dryRun=true");
        await refused.ProblemAsync(HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task Secrets_go_in_and_never_come_out()
    {
        using var added = await AddAsync("""{"name":"safe","driver":"loop","url":"loop:","user":"u","password":"c4n4ry","settings":{"api-key":"c4n4ry2"}}""");
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        foreach (var path in new[] { "/api/v1/providers", "/api/v1/providers/safe", "/api/v1/audit", "/api/v1/events?limit=1000", "/metrics" })
            Assert.DoesNotContain("c4n4ry", await server.Admin.GetStringAsync(path, Cancel), StringComparison.Ordinal);
        Assert.Equal("""["api-key","password"]""", (await server.Viewer.GetJsonAsync("/api/v1/providers/safe")).GetProperty("secrets").GetRawText());
    }

    [Fact]
    public async Task A_provider_is_added_checked_refreshed_changed_and_removed()
    {
        using var added = await AddAsync("""{"name":"life","driver":"loop","url":"loop:"}""");
        Assert.Equal(2, (await added.JsonAsync()).GetProperty("guests").GetInt32());
        using var twice = await AddAsync("""{"name":"life","driver":"loop","url":"loop:"}""");
        await twice.ProblemAsync(HttpStatusCode.Conflict);
        using var check = await server.Operator.PostAsync("/api/v1/providers/life:check", null, Cancel);
        Assert.Equal("Loop", (await check.JsonAsync()).GetProperty("product").GetString());
        using var disable = await server.Admin.PatchAsync("/api/v1/providers/life", Requests.Json("""{"enabled":false}"""), Cancel);
        Assert.Equal("disabled", (await disable.JsonAsync()).GetProperty("state").GetString());
        using var refresh = await server.Operator.PostAsync("/api/v1/providers/life:refresh", null, Cancel);
        await refresh.ProblemAsync(HttpStatusCode.Conflict);
        using var removed = await server.Admin.DeleteAsync("/api/v1/providers/life", Cancel);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var gone = await server.Viewer.GetAsync("/api/v1/providers/life", Cancel);
        await gone.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, (await server.Viewer.GetJsonAsync("/api/v1/guests?filter=provider:life")).GetProperty("total").GetInt32());
    }
}
