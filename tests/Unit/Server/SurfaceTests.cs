using System.Net;
using System.Text.Json;
using Anyvisor.Server.Startup;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class SurfaceTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_and_readiness_answer_anybody()
    {
        Assert.Equal("ok\n", await server.Stranger.GetStringAsync("/healthz", Cancel));
        Assert.Equal("ok\n", await server.Stranger.GetStringAsync("/readyz", Cancel));
    }

    [Fact]
    public async Task The_first_page_says_how_to_build_the_console_where_it_was_not_built_or_shows_it()
    {
        using var page = await server.Stranger.GetAsync("/", Cancel);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Anyvisor", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_tells_the_browser_what_to_refuse()
    {
        foreach (var path in new[] { "/", "/api/v1", "/healthz" })
        {
            using var response = await server.Stranger.GetAsync(path, Cancel);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script-src 'self' 'unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Metrics_are_Prometheus_text_for_this_machine_alone()
    {
        await server.Admin.GetJsonAsync("/api/v1/hosts");
        var text = await server.Stranger.GetStringAsync("/metrics", Cancel);
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_bucket{", text, StringComparison.Ordinal);
        Assert.All(
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches("""^(#.*|[a-z_0-9]+({([a-z_0-9]+="[^"]*",?)+})? ([-+0-9.eE]+|NaN|[-+]Inf))$""", line)
        );

        foreach (var (header, value) in new[] { ("X-Forwarded-For", "1.2.3.4"), ("Host", "rebound.example") })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            request.Headers.TryAddWithoutValidation(header, value);
            using var refused = await server.Stranger.SendAsync(request, Cancel);
            await refused.ProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task The_drivers_show_their_settings_and_verbs()
    {
        var sim = await server.Viewer.GetJsonAsync("/api/v1/drivers/sim");
        Assert.Equal("sim", sim.GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.Object, sim.GetProperty("verbs").ValueKind);
        using var missing = await server.Viewer.GetAsync("/api/v1/drivers/sym", Cancel);
        Assert.Contains("sim", await missing.ProblemAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_folder_of_a_driver_is_in_the_list_that_the_build_made()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Anyvisor.slnx")))
            root = root.Parent;
        Assert.SkipWhen(root is null, "not run from a clone");
        var folders = Directory.GetDirectories(Path.Combine(root.FullName, "drivers")).Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0);
        Assert.Equal(folders.Count(), Anyvisor.Server.Drivers.InstalledDrivers.All().Length);
    }

    [Fact]
    public void The_address_is_left_for_the_command_line_and_taken_back()
    {
        var directory = Directory.CreateTempSubdirectory("anyvisor-test-");
        var presence = new ServerPresence(directory.FullName);
        presence.Announce("http://127.0.0.1:1", DateTimeOffset.UnixEpoch);
        var file = Path.Combine(directory.FullName, ServerPresence.FileName);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var content = JsonElement.Parse(File.ReadAllText(file));
        Assert.Equal("http://127.0.0.1:1", content.GetProperty("url").GetString());
        Assert.Equal(Environment.ProcessId, content.GetProperty("pid").GetInt32());
        presence.Withdraw();
        Assert.Empty(directory.GetFiles());
        directory.Delete();
    }
}
