using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>The driver of this estate keeps no tags: we do.</summary>
public sealed class EmulatedTagTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_of_any_provider_can_be_tagged_found_by_its_tag_and_untagged()
    {
        await server.EndOfAsync(await server.Admin.PostAsync("/api/v1/providers", """{"name":"loop","driver":"loop","url":"loop:"}"""));
        var action = (await server.Operator.GetJsonAsync("/api/v1/guests/loop%2Fparrot")).GetProperty("actions").GetProperty("tag");
        Assert.Equal("emulated", action.GetProperty("level").GetString());
        Assert.True(action.GetProperty("allowed").GetBoolean());
        Assert.Equal("emulated", (await server.Viewer.GetJsonAsync("/api/v1/drivers/loop")).GetProperty("verbs").GetProperty("tag").GetString());

        await PatchAsync("""{"tags":{"env":"prod","team":"blue"}}""");
        await PatchAsync("""{"tags":{"team":null}}""");
        var tagged = await server.Viewer.GetJsonAsync("/api/v1/guests?filter=tag.env:prod");
        Assert.Equal("""{"env":"prod"}""", tagged.GetProperty("items")[0].GetProperty("tags").GetRawText());
        Assert.Equal(1, tagged.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_share_of_processors_that_its_system_can_not_promise_is_refused_before_anything_is_done()
    {
        await server.EndOfAsync(await server.Admin.PostAsync("/api/v1/providers", """{"name":"other","driver":"loop","url":"loop:"}"""));
        foreach (var query in new[] { "", "?dryRun=true" })
        {
            using var refused = await server.Operator.PatchAsync("/api/v1/guests/other%2Fparrot" + query, Requests.Json("""{"entitlement":0.5}"""), Cancel);
            Assert.Contains("leave the entitlement out", await refused.ProblemAsync(System.Net.HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
        }
    }

    private async Task PatchAsync(string body)
    {
        using var response = await server.Operator.PatchAsync("/api/v1/guests/loop%2Fparrot", Requests.Json(body), Cancel);
        var task = await server.EndOfAsync(response);
        Assert.True(task.GetProperty("state").GetString() == "succeeded", task.GetRawText());
    }
}
