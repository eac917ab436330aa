using System.Globalization;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Server.Json;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Anyvisor.Server.Events;

/// <summary><c>GET /events</c>: what happens, as it happens, over server-sent events.</summary>
internal static class EventRoutes
{
    internal static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/events", StreamAsync)
            .Demand(Role.Viewer)
            .WithMetadata(new DisableRequestTimeoutAttribute())
            .Describe(
                "streamEvents",
                "Events",
                "What happens, as server-sent events",
                "Each event's `id` is its sequence number, its `event` the kind, its `data` an Event. Reconnect with `Last-Event-ID` to go on where the stream "
                    + "broke. Comments keep a quiet line open. A subscriber that reads too slowly gets `event: end` with the position to resume from, as far as "
                    + "it still reads. A position that is no longer kept answers 410: read the lists again and subscribe without one."
            )
            .TakesQuery(QueryParameter.EventFilter, QueryParameter.LastEventId)
            .AnswersEventStream();

    private static async Task StreamAsync(HttpContext http, EventFeed feed, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        QueryText.RequireKnown(http.Request, "filter", "lastEventId");
        var filter = QueryText.Single(http.Request, "filter") is { } text ? GuestFilter.Parse(text, time.GetUtcNow().UtcDateTime) : null;
        using var subscription = feed.Subscribe(After(http.Request), filter);
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
