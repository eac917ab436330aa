using System.Globalization;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Anyvisor.Server.Events;

/// <summary><c>GET /events</c>: what happens, as it happens, over server-sent events.</summary>
internal static class EventRoutes
{
    internal static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/events", AnswerAsync)
            .Demand(Role.Viewer)
            .WithMetadata(new DisableRequestTimeoutAttribute())
            .Describe(
                "streamEvents",
                "Events",
                "What happens, as server-sent events",
                "Each event's `id` is its sequence number, its `event` the kind, its `data` an Event. Reconnect with `Last-Event-ID` to go on where the stream "
                    + "broke. Comments keep a quiet line open. A subscriber that reads too slowly gets `event: end` with the position to resume from, as far as "
                    + "it still reads. A position that is no longer kept answers 410: read the lists again and subscribe without one. With `limit` the answer is no stream but "
                    + "a page of the events that are still in memory, newest first."
            )
            .TakesQuery(QueryParameter.EventFilter, QueryParameter.LastEventId, QueryParameter.EventLimit, QueryParameter.Cursor)
            .AnswersEventStream();

    private static Task AnswerAsync(HttpContext http, EventFeed feed, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        QueryText.RequireKnown(http.Request, "filter", "lastEventId", "limit", "cursor");
        var filter = QueryText.Single(http.Request, "filter") is { } text ? GuestFilter.Parse(text, time.GetUtcNow().UtcDateTime) : null;
        return QueryText.Whole(http.Request, "limit", 1, 1000) is { } limit
            ? ListAsync(http, feed, filter, (int)limit)
            : StreamAsync(http, feed, filter, lifetime, time);
    }

    private static Task ListAsync(HttpContext http, EventFeed feed, GuestFilter? filter, int limit)
    {
        var recent = feed.Recent(filter, QueryText.Whole(http.Request, "cursor", 0, long.MaxValue), limit);
        var next = recent.Length == limit ? recent[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return PageWriter.WriteAsync(http, new Page<Event>(recent, next, recent.Length), ModelJson.Default.Event);
    }

    private static async Task StreamAsync(HttpContext http, EventFeed feed, GuestFilter? filter, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        using var subscription = await feed.OpenAsync(After(http.Request), filter, http.RequestAborted);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);

        var response = http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // Proxies of the nginx family hold streams back otherwise.
        response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await new EventStream(response.BodyWriter, time).WriteAsync(subscription, http.Abort, stop.Token);
    }

    /// <summary>Browsers send the header when they reconnect; the parameter is for the first request, which can't set it.</summary>
    private static long? After(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"] is [{ Length: > 0 } header] ? header : QueryText.Single(request, "lastEventId");
        if (text is null)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : throw ProblemFactory.Invalid($"Last-Event-ID is the id of an event, a whole number, not '{text}'.");
    }
}
