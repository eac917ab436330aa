using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Anyvisor.Server.Startup;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>
/// Secrets that can be recognised go in wherever the API takes one; then everything that comes out is searched: answers,
/// events, tasks, audit, metrics, every line of the log at its finest level, and every file of the store.
/// </summary>
public sealed class SecretTests : IAsyncLifetime
{
    private const string Password = "c4nary+pass/w0rd=&ü";
    private const string ApiKey = "c4nary-api-key-0123456789";
    private const string UserData = "#cloud-config\npassword: c4nary-user-data";
    private const string InUrl = "c4nary-in-url";
    private readonly Collector _log = new();
    private readonly ConcurrentQueue<string> _said = new();
    private RunningServer _server = null!;
    private ILoggerFactory _loggers = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // As the real server's, at --log-level trace.
        _loggers = LoggerFactory.Create(logging =>
        {
            ServerProcess.Filter(logging, LogLevel.Trace);
            logging.AddProvider(_log);
        });
        _server = new RunningServer { Loggers = _loggers, Installed = [.. RunningServer.Drivers, new FakeDriver(FakeSystem.Provider, new FakeSystem(1))] };
        await _server.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _loggers.Dispose();
    }

    [Fact]
    public async Task No_secret_that_went_in_comes_out_anywhere()
    {
        await AskAsync(HttpMethod.Post, "/providers", new { name = "loop", driver = "loop", url = "loop:", user = "root", password = Password, settings = new Dictionary<string, string> { ["api-key"] = ApiKey } });
        await AskAsync(HttpMethod.Patch, "/providers/loop", new { password = Password });
        await AskAsync(HttpMethod.Post, "/providers", new { name = "bad", driver = "loop", url = $"https://root:{InUrl}@host/", password = Password });
        await AskAsync(HttpMethod.Post, "/providers", new { name = "bad", driver = "loop", url = "loop:", password = Password, settings = new Dictionary<string, string> { ["api-kye"] = ApiKey } });
        await AskAsync(HttpMethod.Post, "/providers?password=" + Uri.EscapeDataString(Password), new { name = "bad" });
        await AskAsync(HttpMethod.Post, "/providers", new { name = FakeSystem.Provider, driver = FakeSystem.Provider, url = "fake:", password = Password });
        await AskAsync(HttpMethod.Post, "/guests", new { name = "web", provider = FakeSystem.Provider, vcpus = 1, memory = 1L << 30, settings = new Dictionary<string, string> { ["user-data"] = UserData } });
        var token = await CreateTokenAsync();
        var ticket = await UsedTicketAsync();
        using (var signedIn = _server.Client(token))
            await NoteAsync(await signedIn.GetAsync(new Uri("/api/v1/guests", UriKind.Relative), Token));

        foreach (var path in (string[])["providers", "providers/loop", "drivers", "tasks", "audit", "tokens", "guests", "hosts", "events?limit=500", ""])
            await NoteAsync(await _server.Admin.GetAsync(new Uri("/api/v1/" + path, UriKind.Relative), Token));
        foreach (var task in (await _server.Admin.GetJsonAsync("/api/v1/tasks?limit=100")).GetProperty("items").EnumerateArray())
            await NoteAsync(await _server.Admin.GetAsync(new Uri($"/api/v1/tasks/{task.GetProperty("id").GetString()}", UriKind.Relative), Token));
        await NoteAsync(await _server.Admin.GetAsync(new Uri("/metrics", UriKind.Relative), Token));
        await _server.Core.Inventory.FlushAsync(Token);

        string[] secrets = [Password, ApiKey, UserData, "c4nary-user-data", InUrl, token, ticket, _server.AdminSecret];
        Assert.Contains(_log.Lines, line => line.Contains("loop", StringComparison.Ordinal));
        Assert.All(_said.Concat(_log.Lines), text => HasNone(text, secrets));
        foreach (var file in Directory.GetFiles(_server.Data, "*", SearchOption.AllDirectories))
            if (Path.GetFileName(file) is not ("server.lock" or "admin.token"))
                HasNone(Encoding.Latin1.GetString(await ReadAsync(file)), secrets, Path.GetFileName(file));
    }

    private async Task AskAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = Requests.Json(JsonSerializer.Serialize(body)) };
        var answer = await _server.Admin.SendAsync(request, Token);
        if (answer.StatusCode == HttpStatusCode.Accepted)
            _said.Enqueue((await _server.EndOfAsync(answer)).ToString());
        await NoteAsync(answer);
    }

    private async Task NoteAsync(HttpResponseMessage answer)
    {
        using (answer)
            _said.Enqueue($"{answer.RequestMessage!.RequestUri!.AbsolutePath} {answer.Headers} {await answer.Content.ReadAsStringAsync(Token)}");
    }

    // The one answer that holds it, and only that.
    private async Task<string> CreateTokenAsync()
    {
        using var answer = await _server.Admin.PostAsync("/api/v1/tokens", """{"name":"canary","role":"viewer"}""");
        return (await answer.JsonAsync()).GetProperty("secret").GetString()!;
    }

    private async Task<string> UsedTicketAsync()
    {
        using var answer = await _server.Operator.GetAsync(new Uri("/api/v1/guests/parrot/console", UriKind.Relative), Token);
        var ticket = (await answer.JsonAsync()).GetProperty("ticket").GetString()!;
        // Not an upgrade, so it is refused: with the ticket in the request's line.
        await NoteAsync(await _server.Operator.GetAsync(new Uri($"/api/v1/guests/parrot/console/serial?ticket={Uri.EscapeDataString(ticket)}", UriKind.Relative), Token));
        return ticket;
    }

    private static void HasNone(string text, string[] secrets, string? where = null)
    {
        foreach (var secret in secrets)
        {
            var bytes = Encoding.UTF8.GetBytes(secret);
            string[] forms = [secret, Encoding.Latin1.GetString(bytes), Convert.ToBase64String(bytes).TrimEnd('='), Convert.ToHexString(bytes), Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString()];
            foreach (var form in forms)
                Assert.False(text.Contains(form, StringComparison.OrdinalIgnoreCase), $"'{form}' is in {where ?? text[..Math.Min(text.Length, 1500)]}");
        }
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, Token);
        return bytes;
    }

    private sealed class Collector : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {state} {exception}");

        public void Dispose() { }
    }
}
