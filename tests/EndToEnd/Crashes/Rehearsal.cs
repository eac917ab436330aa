using System.Net.Http.Json;
using System.Text.Json;
using Anyvisor.EndToEnd.Harness;
using Xunit;

namespace Anyvisor.EndToEnd.Crashes;

/// <summary>A request to the API that can be sent again under the same idempotency key.</summary>
internal sealed record Wish(string Path, object? Body, string Key)
{
    internal static Wish Of(string path, object? body) => new(path, body, Guid.NewGuid().ToString("N"));
}

/// <summary>Sends wishes, follows their tasks, and kills the server at the points that they pass.</summary>
internal sealed class Rehearsal(ServerProcess server)
{
    /// <summary>Every moment around a step at which a process can die: see docs/reference/failpoints.md.</summary>
    private static readonly string[] Moments = ["before-intent", "after-intent", "after-effect", "after-result"];
    private static readonly string[] Ends = ["succeeded", "failed", "cancelled", "needs-check"];

    /// <summary>The fail points that a task which went well has passed, in their order.</summary>
    internal static string[] PointsOf(JsonElement task) =>
        [
            .. from step in task.GetProperty("steps").EnumerateArray()
               where step.GetProperty("state").GetString() == "done"
               from moment in Moments
               select $"{task.GetProperty("kind").GetString()}/{step.GetProperty("name").GetString()}/{moment}",
        ];

    /// <summary>Sends a wish and awaits the end of its task.</summary>
    internal async Task<JsonElement> FulfilAsync(Wish wish) => await WaitForEndAsync(await SendAsync(wish));

    /// <summary>
    /// Starts the server so that it dies at the point, sends the wish, awaits the death, starts the server again as usual,
    /// and asks for the same wish: gives its task when that has ended.
    /// </summary>
    internal async Task<JsonElement> FulfilThroughDeathAsync(Wish wish, string point)
    {
        await server.KillAsync();
        await server.StartAsync(("ANYVISOR_FAILPOINT", point));
        string? acknowledged = null;
        try
        {
            acknowledged = await SendAsync(wish);
        }
        catch (HttpRequestException)
        {
            // It died before it answered: then nothing was promised, but the key must still not give two tasks.
        }
        Assert.True(await server.EndsWithinAsync(TimeSpan.FromMinutes(2)), $"The server never came to the point {point}");
        await server.StartAsync();
        var task = await SendAsync(wish);
        if (acknowledged is not null)
            Assert.Equal(acknowledged, task);
        var ended = await WaitForEndAsync(task);
        Assert.Equal(1, await CountTasksAsync(wish.Key));
        return ended;
    }

    private async Task<string> SendAsync(Wish wish)
    {
        using var http = await server.NewHttpClientAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1" + wish.Path);
        if (wish.Body is not null)
            request.Content = JsonContent.Create(wish.Body);
        request.Headers.Add("Idempotency-Key", wish.Key);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode == 202, $"{wish.Path}: {(int)answer.StatusCode} {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> WaitForEndAsync(string task)
    {
        using var http = await server.NewHttpClientAsync();
        return await Until.AsyncOf(
            $"task {task} has ended",
            () => http.GetFromJsonAsync<JsonElement>($"/api/v1/tasks/{task}", TestContext.Current.CancellationToken),
            seen => Ends.Contains(seen.GetProperty("state").GetString()),
            TestContext.Current.CancellationToken
        );
    }

    private async Task<int> CountTasksAsync(string key)
    {
        using var http = await server.NewHttpClientAsync();
        var page = await http.GetFromJsonAsync<JsonElement>("/api/v1/tasks?limit=1000", TestContext.Current.CancellationToken);
        return page.GetProperty("items")
            .EnumerateArray()
            .Count(task => task.TryGetProperty("idempotencyKey", out var found) && found.GetString() == key);
    }
}
