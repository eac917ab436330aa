using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Cli.Tests;

/// <summary>What a request said.</summary>
public sealed record Call(string Method, string Path, string Query, string Body, string? Token, string? IdempotencyKey)
{
    public override string ToString() => $"{Method} {Path}{Query}";
}

/// <summary>A real HTTP server on loopback that answers what a test tells it to, and remembers what it was asked.</summary>
public sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<(string Method, string Path, Func<HttpContext, Call, Task> Answer)> _answers = [];

    private StubServer(WebApplication app) => _app = app;

    public ConcurrentQueue<Call> Calls { get; } = [];

    public string Url => _app.Urls.First();

    public static async Task<StubServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.UseWebSockets();
        var stub = new StubServer(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return stub;
    }

    /// <summary>Answers a path, as sent and undecoded, with a status and a document.</summary>
    public StubServer On(string method, string path, int status, string json) =>
        On(
            method,
            path,
            async (http, _) =>
            {
                http.Response.StatusCode = status;
                http.Response.ContentType = status >= 400 ? "application/problem+json" : "application/json";
                await http.Response.WriteAsync(json, http.RequestAborted);
            }
        );

    /// <summary>Answers a path with one document after the other; the last one again and again.</summary>
    public StubServer OnInTurn(string method, string path, params string[] documents)
    {
        var turn = -1;
        return On(
            method,
            path,
            async (http, _) =>
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(documents[Math.Min(Interlocked.Increment(ref turn), documents.Length - 1)], http.RequestAborted);
            }
        );
    }

    public StubServer On(string method, string path, Func<HttpContext, Call, Task> answer)
    {
        _answers.Insert(0, (method, "/api/v1" + path, answer));
        return this;
    }

    /// <summary>A problem document of a stable type.</summary>
    public static string Problem(string type, string detail, string more = "") =>
        $$"""{"type":"urn:anyvisor:problem:{{type}}","title":"{{type}}","detail":"{{detail}}"{{more}}}""";

    public static string Task(string state, string more = "") =>
        $$"""{"id":"t1","kind":"guest.start","target":{"type":"guest","name":"web1"},"state":"{{state}}","progress":0.5,"actor":"admin","createdAt":"2026-01-01T00:00:00Z"{{more}}}""";

    public static async Task EchoAsync(HttpContext http, string greeting)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes(greeting), WebSocketMessageType.Binary, true, http.RequestAborted);
        var buffer = new byte[1024];
        while (socket.State == WebSocketState.Open)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), http.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
                break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Binary, true, http.RequestAborted);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var path = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        var call = new Call(
            http.Request.Method,
            path,
            http.Request.QueryString.Value ?? "",
            http.WebSockets.IsWebSocketRequest ? "" : await reader.ReadToEndAsync(http.RequestAborted),
            http.Request.Headers.Authorization,
            http.Request.Headers["Idempotency-Key"]
        );
        Calls.Enqueue(call);
        var found = _answers.FirstOrDefault(answer => answer.Method == call.Method && answer.Path == path);
        if (found.Answer is null)
        {
            http.Response.StatusCode = 404;
            http.Response.ContentType = "application/problem+json";
            await http.Response.WriteAsync(Problem("not-found", "No such thing."), http.RequestAborted);
            return;
        }
        try
        {
            await found.Answer(http, call);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException)
        {
            // The client went away: that is how streams end here.
        }
    }
}
