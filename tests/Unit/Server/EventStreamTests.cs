using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class EventStreamTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Guest Guest(string name, PowerState power) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Guest, "lab", new NativeId(name)),
            NativeId = new NativeId(name),
            Name = name,
            Provider = "lab",
            Power = power,
        };

    private async Task<HttpResponseMessage> OpenAsync(string path, string? after = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (after is not null)
            request.Headers.Add("Last-Event-ID", after);
        return await server.Viewer.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    private static async Task<SseItem<string>> NextAsync(HttpResponseMessage response, Func<SseItem<string>, bool> wanted)
    {
        var stream = await response.Content.ReadAsStreamAsync(Cancel);
        return await SseParser.Create(stream).EnumerateAsync(Cancel).FirstAsync(wanted, Cancel);
    }

    [Fact]
    public async Task A_change_reaches_the_subscriber_with_its_id_kind_and_guest()
    {
        using var stream = await OpenAsync("/api/v1/events");
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);
        server.Core.Inventory.Apply("lab", [new Seen(Guest("told", PowerState.On))]);
        var item = await NextAsync(stream, item => item.Data.Contains("\"told\"", StringComparison.Ordinal));
        var told = JsonElement.Parse(item.Data);
        Assert.Equal("added", item.EventType);
        Assert.Equal(item.EventId, told.GetProperty("sequence").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("on", told.GetProperty("guest").GetProperty("power").GetString());
    }

    [Fact]
    public async Task A_stream_goes_on_after_the_last_event_that_was_seen()
    {
        var before = server.Core.Inventory.Events.LastSequence;
        server.Core.Inventory.Apply("lab", [new Seen(Guest("missed", PowerState.Off))]);
        using var stream = await OpenAsync("/api/v1/events", before.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var item = await NextAsync(stream, item => item.Data.Contains("\"missed\"", StringComparison.Ordinal));
        Assert.True(long.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture) > before);
    }

    [Fact]
    public async Task A_filter_lets_only_matching_guests_through()
    {
        using var stream = await OpenAsync("/api/v1/events?filter=name:wanted");
        server.Core.Inventory.Apply("lab", [new Seen(Guest("unwanted", PowerState.On)), new Seen(Guest("wanted", PowerState.On))]);
        var first = await NextAsync(stream, item => item.EventType is "added" or "changed");
        Assert.Equal("wanted", JsonElement.Parse(first.Data).GetProperty("subjectName").GetString());
    }

    [Fact]
    public async Task With_a_limit_the_last_events_come_as_a_page_newest_first()
    {
        server.Core.Inventory.Apply("lab", [new Seen(Guest("older", PowerState.On))]);
        await server.Core.Inventory.FlushAsync(TestContext.Current.CancellationToken);
        server.Core.Inventory.Events.Publish(EventKind.Notice, "provider", "lab", "lab", "lab", "newest");
        var page = await server.Viewer.GetJsonAsync("/api/v1/events?limit=1");
        Assert.Equal("newest", page.GetProperty("items")[0].GetProperty("text").GetString());
        var next = await server.Viewer.GetJsonAsync($"/api/v1/events?limit=1&cursor={page.GetProperty("nextCursor").GetString()}");
        Assert.True(next.GetProperty("items")[0].GetProperty("sequence").GetInt64() < page.GetProperty("items")[0].GetProperty("sequence").GetInt64());
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("-1")]
    public async Task A_position_that_is_no_number_is_refused(string id)
    {
        using var response = await OpenAsync("/api/v1/events", id);
        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }
}
