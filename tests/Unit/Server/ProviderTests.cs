using System.Net;
using System.Text.Json;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class ProviderTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<HttpResponseMessage> AddAsync(string body, string query = "") => server.Admin.PostAsync("/api/v1/providers" + query, body);

    private async Task<JsonElement> AddedAsync(string body)
    {
        using var response = await AddAsync(body);
        return await server.EndOfAsync(response);
    }

    [Theory]
    [InlineData("""{"name":"a","driver":"simm","url":"sim:"}""", "sim")]
    [InlineData("""{"name":"a","driver":"loop","url":"looop:"}""", "loop:")]
    [InlineData("""{"name":"a b/c","driver":"loop","url":"loop:"}""", "a b/c")]
    [InlineData("""{"name":"a","driver":"loop","url":"loop:","settings":{"api-kee":"c4n4ry"}}""", "api-key")]
    [InlineData("""{"name":"a","driver":"loop","url":"loop://u:c4n4ry@host"}""", "--password-file")]
    public async Task What_is_wrong_in_itself_is_refused_at_once_and_leaves_no_task(string body, string hint)
    {
        using var response = await AddAsync(body);
        var detail = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Contains(hint, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("c4n4ry", detail, StringComparison.Ordinal);
        Assert.False(server.Core.Providers.Has("a"));
        Assert.DoesNotContain("c4n4ry", await server.Admin.GetStringAsync("/api/v1/tasks?target=a", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_refuses_us_is_not_kept_and_the_task_says_why()
    {
        var task = await AddedAsync("""{"name":"shut","driver":"loop","url":"loop:","password":"wrong"}""");
        Assert.Equal("failed", task.GetProperty("state").GetString());
        var error = task.GetProperty("error");
        Assert.Equal("urn:anyvisor:problem:authentication-failed", error.GetProperty("type").GetString());
        Assert.Equal("shut", error.GetProperty("provider").GetString());
        Assert.Contains("refuses", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("failed", task.GetProperty("steps")[0].GetProperty("state").GetString());
        Assert.False(server.Core.Providers.Has("shut"));
    }

    [Fact]
    public async Task With_the_check_left_out_a_provider_that_does_not_answer_is_kept()
    {
        var task = await AddedAsync("""{"name":"later","driver":"loop","url":"loop:","password":"wrong","skipCheck":true}""");
        Assert.Equal("succeeded", task.GetProperty("state").GetString());
        Assert.True(server.Core.Providers.Has("later"));
    }

    [Fact]
    public async Task A_repeated_request_is_the_same_task_and_another_one_under_its_key_is_refused()
    {
        using var first = await SendAsync("""{"name":"once","driver":"loop","url":"loop:","password":"right"}""");
        var task = (await first.JsonAsync()).GetProperty("id").GetString();
        await server.EndOfAsync(first);
        using var again = await SendAsync("""{"name":"once","driver":"loop","url":"loop:","password":"right"}""");
        Assert.Equal(task, (await again.JsonAsync()).GetProperty("id").GetString());
        // Also where nothing but a secret differs.
        using var other = await SendAsync("""{"name":"once","driver":"loop","url":"loop:","password":"other"}""");
        Assert.Contains(task!, await other.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        // Tokens and tasks share their keys.
        var token = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tokens") { Content = Requests.Json("""{"name":"once","role":"viewer"}""") };
        token.Headers.Add("Idempotency-Key", "add-once");
        using var mixed = await server.Admin.SendAsync(token, Cancel);
        Assert.Contains(task!, await mixed.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);

        Task<HttpResponseMessage> SendAsync(string body)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/providers") { Content = Requests.Json(body) };
            request.Headers.Add("Idempotency-Key", "add-once");
            return server.Admin.SendAsync(request, Cancel);
        }
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
        await AddedAsync("""{"name":"safe","driver":"loop","url":"loop:","user":"u","password":"c4n4ry","settings":{"api-key":"c4n4ry2"}}""");
        foreach (var path in new[] { "/api/v1/providers", "/api/v1/providers/safe", "/api/v1/audit", "/api/v1/tasks?target=safe", "/api/v1/events?limit=1000", "/metrics" })
            Assert.DoesNotContain("c4n4ry", await server.Admin.GetStringAsync(path, Cancel), StringComparison.Ordinal);
        Assert.Equal("""["api-key","password"]""", (await server.Viewer.GetJsonAsync("/api/v1/providers/safe")).GetProperty("secrets").GetRawText());
    }

    [Fact]
    public async Task A_provider_is_added_checked_refreshed_changed_and_removed()
    {
        await AddedAsync("""{"name":"life","driver":"loop","url":"loop:"}""");
        Assert.Equal(2, (await server.Viewer.GetJsonAsync("/api/v1/providers/life")).GetProperty("guests").GetInt32());
        using var twice = await AddAsync("""{"name":"life","driver":"loop","url":"loop:"}""");
        await twice.ProblemAsync(HttpStatusCode.Conflict);
        Assert.Contains("Loop", (await DoneAsync(server.Operator.PostAsync("/api/v1/providers/life:check", null, Cancel))).GetProperty("log").GetRawText(), StringComparison.Ordinal);
        using var idle = await server.Admin.PatchAsync("/api/v1/providers/life?dryRun=true", Requests.Json("""{"enabled":false}"""), Cancel);
        Assert.Equal(HttpStatusCode.OK, idle.StatusCode);
        Assert.Equal("connected", (await server.Viewer.GetJsonAsync("/api/v1/providers/life")).GetProperty("state").GetString());
        await DoneAsync(server.Admin.PatchAsync("/api/v1/providers/life", Requests.Json("""{"enabled":false}"""), Cancel));
        Assert.Equal("disabled", (await server.Viewer.GetJsonAsync("/api/v1/providers/life")).GetProperty("state").GetString());
        using var refresh = await server.Operator.PostAsync("/api/v1/providers/life:refresh", null, Cancel);
        await refresh.ProblemAsync(HttpStatusCode.Conflict);
        using var spared = await server.Admin.DeleteAsync("/api/v1/providers/life?dryRun=true", Cancel);
        Assert.Equal(HttpStatusCode.OK, spared.StatusCode);
        Assert.True(server.Core.Providers.Has("life"));
        await DoneAsync(server.Admin.DeleteAsync("/api/v1/providers/life", Cancel));
        using var gone = await server.Viewer.GetAsync("/api/v1/providers/life", Cancel);
        await gone.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, (await server.Viewer.GetJsonAsync("/api/v1/guests?filter=provider:life")).GetProperty("total").GetInt32());

        async Task<JsonElement> DoneAsync(Task<HttpResponseMessage> sending)
        {
            using var response = await sending;
            var task = await server.EndOfAsync(response);
            Assert.Equal("succeeded", task.GetProperty("state").GetString());
            return task;
        }
    }
}
