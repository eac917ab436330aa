using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class CommandTests(RunningServer server) : IClassFixture<RunningServer>, IAsyncLifetime
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (server.Core.Providers.Has("big"))
            return;
        using var added = await server.Admin.PostAsync("/api/v1/providers", """{"name":"big","driver":"sim","url":"sim:?hosts=5&guests=200&seed=1"}""");
        Assert.Equal("succeeded", (await server.EndOfAsync(added)).GetProperty("state").GetString());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Ids of guests that are off and may be started.</summary>
    private async Task<List<string>> OffAsync(int count) =>
        [
            .. (await server.Operator.GetJsonAsync("/api/v1/guests?filter=provider:big%20power:off&fields=id,actions.start&limit=1000"))
                .GetProperty("items")
                .EnumerateArray()
                .Where(guest => guest.GetProperty("actions").GetProperty("start").GetProperty("allowed").GetBoolean())
                .Select(guest => guest.GetProperty("id").GetString()!)
                .Take(count),
        ];

    private async Task<HttpResponseMessage> SendAsync(string path, string? key = null, string? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (body is not null)
            request.Content = Requests.Json(body);
        return await server.Operator.SendAsync(request, Cancel);
    }

    [Fact]
    public async Task A_command_answers_a_task_and_where_it_is_and_the_task_ends()
    {
        var guest = (await OffAsync(1))[0];
        using var response = await SendAsync($"/api/v1/guests/{guest}:start");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var task = await server.Operator.GetJsonAsync(response.Headers.Location + "?wait=30");
        Assert.Equal("succeeded", task.GetProperty("state").GetString());
        Assert.Equal("doer", task.GetProperty("actor").GetString());
        Assert.Equal("on", (await server.Viewer.GetJsonAsync($"/api/v1/guests/{guest}?fields=power")).GetProperty("power").GetString());
        var listed = await server.Viewer.GetJsonAsync($"/api/v1/tasks?target={guest}&state=succeeded");
        Assert.Equal(task.GetProperty("id").GetString(), listed.GetProperty("items")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_dry_run_answers_a_plan_and_leaves_no_trace()
    {
        var guest = (await OffAsync(1))[0];
        var tasks = (await server.Admin.GetJsonAsync("/api/v1/tasks")).GetProperty("total").GetInt64();
        using var response = await SendAsync($"/api/v1/guests/{guest}:start?dryRun=true");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEqual(0, (await response.JsonAsync()).GetProperty("steps").GetArrayLength());
        Assert.Equal(tasks, (await server.Admin.GetJsonAsync("/api/v1/tasks")).GetProperty("total").GetInt64());
        Assert.Equal("off", (await server.Viewer.GetJsonAsync($"/api/v1/guests/{guest}?fields=power")).GetProperty("power").GetString());
    }

    [Fact]
    public async Task The_same_key_answers_the_same_task_and_refuses_another_request()
    {
        var guests = await OffAsync(2);
        using var first = await SendAsync($"/api/v1/guests/{guests[0]}:start", "once");
        using var again = await SendAsync($"/api/v1/guests/{guests[0]}:start", "once");
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        using var other = await SendAsync($"/api/v1/guests/{guests[1]}:start", "once");
        Assert.Contains("once", await other.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_guests_are_one_task_with_a_result_for_each()
    {
        var guests = await OffAsync(3);
        using var response = await SendAsync("/api/v1/guests:bulk", body: JsonSerializer.Serialize(new { action = "start", ids = guests }));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var task = await server.Operator.GetJsonAsync(response.Headers.Location + "?wait=30");
        Assert.Equal("succeeded", task.GetProperty("state").GetString());
        Assert.Equal(
            guests.Order(StringComparer.Ordinal),
            task.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!).Order(StringComparer.Ordinal)
        );
        Assert.All(task.GetProperty("items").EnumerateArray(), item => Assert.Equal("succeeded", item.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task What_can_not_be_done_is_refused_with_the_reason_that_the_guest_shows()
    {
        var guest = (await OffAsync(1))[0];
        using var stop = await SendAsync($"/api/v1/guests/{guest}:stop");
        var shown = (await server.Operator.GetJsonAsync($"/api/v1/guests/{guest}")).GetProperty("actions").GetProperty("stop").GetProperty("reason").GetProperty("text").GetString()!;
        Assert.Contains(shown, await stop.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        using var move = await SendAsync($"/api/v1/guests/{guest}:move");
        await move.ProblemAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_viewer_sees_that_a_role_is_lacking_for_every_action()
    {
        var guest = (await OffAsync(1))[0];
        var start = (await server.Viewer.GetJsonAsync($"/api/v1/guests/{guest}")).GetProperty("actions").GetProperty("start");
        Assert.False(start.GetProperty("allowed").GetBoolean());
        Assert.Equal("role", start.GetProperty("reason").GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_ended_task_can_not_be_cancelled_and_an_unknown_one_is_not_found()
    {
        var guest = (await OffAsync(1))[0];
        using var response = await SendAsync($"/api/v1/guests/{guest}:start");
        var id = (await server.Operator.GetJsonAsync(response.Headers.Location + "?wait=30")).GetProperty("id").GetString();
        using var late = await SendAsync($"/api/v1/tasks/{id}:cancel");
        await late.ProblemAsync(HttpStatusCode.Conflict);
        using var unknown = await SendAsync("/api/v1/tasks/none:cancel");
        await unknown.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_upload_that_is_no_disk_is_refused_by_its_content_and_leaves_nothing()
    {
        using var content = new ByteArrayContent("<!doctype html><p>no disk"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await server.Operator.PostAsync("/api/v1/images?name=web&provider=big", content, Cancel);
        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(Directory.GetFiles(server.Core.Database.Directory.Spool));
    }

    [Theory]
    [InlineData("/api/v1/images", "application/octet-stream", HttpStatusCode.BadRequest, "no name")]
    [InlineData("/api/v1/images?name=x&arch=x86-64", "application/octet-stream", HttpStatusCode.BadRequest, "'x86_64'")]
    [InlineData("/api/v1/images?name=x", "text/plain", HttpStatusCode.UnsupportedMediaType, "multipart/form-data")]
    [InlineData("/api/v1/images?name=x", "multipart/form-data", HttpStatusCode.BadRequest, "boundary")]
    [InlineData("/api/v1/images?name=x", "multipart/form-data; boundary=b", HttpStatusCode.BadRequest, "form")]
    public async Task A_malformed_upload_is_told_what_is_wrong(string path, string type, HttpStatusCode status, string hint)
    {
        using var content = new ByteArrayContent("x"u8.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await server.Operator.PostAsync(path, content, Cancel);
        Assert.Contains(hint, await response.ProblemAsync(status), StringComparison.Ordinal);
    }
}
