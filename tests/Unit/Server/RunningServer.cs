using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Model;
using Anyvisor.Server.Startup;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>The whole server in this process: real sockets, a store of its own, no providers until a test adds them.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("anyvisor-test-").FullName;
    private WebApplication? _app;

    internal ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    internal ImmutableArray<IDriver> Installed { get; init; } = Drivers;

    internal TimeSpan ListenerPatience { get; init; } = new ServerOptions { Data = "" }.ListenerPatience;

    internal string Data => Path.Combine(_directory, "data");

    internal CoreParts Core { get; private set; } = null!;

    internal WebApplication App => _app!;

    public Uri Url { get; private set; } = null!;

    /// <summary>Signed in as the administrator.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Viewer { get; private set; } = null!;

    public HttpClient Operator { get; private set; } = null!;

    /// <summary>Not signed in, without cookies.</summary>
    public HttpClient Stranger { get; private set; } = null!;

    public string AdminSecret { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new ServerOptions { Data = Data, Listen = new IPEndPoint(IPAddress.Loopback, 0), ListenerPatience = ListenerPatience };
        Core = await CoreParts.OpenAsync(options, Installed, Loggers, TimeProvider.System, CancellationToken.None);
        _app = HttpHost.Build(options, Core, Loggers, TimeProvider.System);
        await Core.StartAsync(CancellationToken.None);
        await _app.StartAsync();
        Url = new Uri(ServerProcess.Url(_app, options));
        AdminSecret = Core.Tokens.NewAdminSecret!;
        Admin = Client(AdminSecret);
        Viewer = Client((await Core.Tokens.CreateAsync("looker", Role.Viewer, null, CancellationToken.None)).Secret);
        Operator = Client((await Core.Tokens.CreateAsync("doer", Role.Operator, null, CancellationToken.None)).Secret);
        Stranger = Client(null);
    }

    /// <summary>Drivers that the server knows.</summary>
    internal static ImmutableArray<IDriver> Drivers => [new Anyvisor.Drivers.Sim.Plugin(), new LoopDriver()];

    /// <summary>The task that was answered, when it has ended.</summary>
    internal async Task<JsonElement> EndOfAsync(HttpResponseMessage accepted)
    {
        Assert.True(accepted.StatusCode == HttpStatusCode.Accepted, $"{accepted.StatusCode}: {await accepted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        var task = await Viewer.GetJsonAsync($"{accepted.Headers.Location}?wait=30");
        Assert.NotEqual(JsonValueKind.Undefined, task.GetProperty("endedAt").ValueKind);
        return task;
    }

    public HttpClient Client(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Url };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        await Core.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

internal static class Requests
{
    internal static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    internal static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    internal static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        return await response.JsonAsync();
    }

    /// <summary>The problem's detail, after checking that it is one of that status.</summary>
    internal static async Task<string> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, $"expected {status}, got {response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(text);
        Assert.StartsWith("urn:anyvisor:problem:", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem.GetProperty("detail").GetString()!;
    }

    internal static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string json) =>
        client.PostAsync(path, Json(json), TestContext.Current.CancellationToken);
}
