using System.Net;
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Client;

public sealed partial class AnyvisorClient
{
    /// <summary>
    /// Events as they happen. When the line breaks, it goes on after the last one that was seen; a server that refuses ends it.
    /// </summary>
    /// <param name="filter">The filter language of the lists; null takes every event.</param>
    /// <param name="after">The sequence number to go on after; null begins now.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<JsonElement> EventsAsync(
        string? filter,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var path = filter is null ? "/events" : "/events?filter=" + Uri.EscapeDataString(filter);
        while (true)
        {
            await foreach (var item in ReadEventsAsync(path, after, cancellationToken))
            {
                if (item.EventType == "end")
                {
                    // We read too slowly, or the server stops: it says where to go on.
                    after = item.Data.TryGetProperty("position", out var position) ? position.GetRawText() : after;
                    break;
                }
                after = item.EventId ?? after;
                if (item.Data.ValueKind == JsonValueKind.Object)
                    yield return item.Data;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), _options.Time, cancellationToken);
        }
    }

    /// <summary>One connection's events: ends without an error when the line breaks.</summary>
    private async IAsyncEnumerable<SseItem<JsonElement>> ReadEventsAsync(
        string path,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var request = Request(HttpMethod.Get, path, null, "text/event-stream");
        if (after is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", after);
        using var response = await OpenAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new ApiException(await ReadProblemAsync(response, cancellationToken));
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var items = SseParser
            .Create(stream, static (_, data) => Parse(data))
            .EnumerateAsync(cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(items))
            yield return items.Current;
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw new ApiException(Failures.Unreachable(Server, error), error);
        }
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<JsonElement>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            // The line broke: the caller connects again from its last id.
            return false;
        }
    }

    private static JsonElement Parse(ReadOnlySpan<byte> data)
    {
        // Comments and keep-alives come without data.
        if (data.IsEmpty)
            return default;
        try
        {
            var reader = new Utf8JsonReader(data);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException error)
        {
            throw new ApiException(
                new Problem
                {
                    Type = ProblemTypes.ProtocolViolation,
                    Title = "An event is not JSON",
                    Detail = error.Message,
                },
                error
            );
        }
    }

    /// <summary>Opens a guest's console: bytes of the terminal, or RFB for VNC, as binary messages. The caller disposes it.</summary>
    public async Task<WebSocket> OpenConsoleAsync(string guest, ConsoleKind kind, CancellationToken cancellationToken)
    {
        var path = $"/guests/{Segment(guest)}/console";
        var ticket = (await GetAsync(path, cancellationToken)).Deserialize(ModelJson.Default.ConsoleTicket)!;
        var word = kind == ConsoleKind.Vnc ? "vnc" : "serial";
        var address = new UriBuilder(new Uri(Server, $"{Base}{path}/{word}?ticket={Uri.EscapeDataString(ticket.Ticket)}"))
        {
            Scheme = Server.Scheme == Uri.UriSchemeHttps ? "wss" : "ws",
        };
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(address.Uri, _http, cancellationToken);
            return socket;
        }
        catch (WebSocketException error)
        {
            var problem = ConsoleRefused(ticket, kind, socket.HttpStatusCode, error);
            socket.Dispose();
            throw new ApiException(problem, error);
        }
    }

    private Problem ConsoleRefused(ConsoleTicket ticket, ConsoleKind kind, HttpStatusCode status, WebSocketException error)
    {
        var reason = ticket.Consoles.FirstOrDefault(c => c.Kind == kind)?.Reason;
        return status == 0
            ? Failures.Unreachable(Server, error)
            : Failures.FromStatus(Server, status, reason: null) with
            {
                Title = "The console can't be opened",
                Detail = reason?.Text ?? $"{Server} refused the connection to it (HTTP {(int)status}).",
                NativeCode = reason?.Code,
            };
    }
}
