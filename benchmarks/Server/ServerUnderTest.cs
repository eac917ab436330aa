using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Anyvisor.Benchmarks.Server;

/// <summary>The server as <c>./run</c> builds it, as a process of its own: what a person has, not what a test host has.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly Process _process;

    private ServerUnderTest(Process process, Uri url, HttpClient http) => (_process, Url, Http) = (process, url, http);

    internal Uri Url { get; }

    /// <summary>Signed in as the administrator.</summary>
    internal HttpClient Http { get; }

    /// <summary>Processor time of the process up to now.</summary>
    internal TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    internal long Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Where <c>./anyvisor</c> puts what it builds; another place by <c>ANYVISOR_APP</c>.</summary>
    internal static string App
    {
        get
        {
            var app = Environment.GetEnvironmentVariable("ANYVISOR_APP");
            for (var folder = AppContext.BaseDirectory; app is null && folder is not null; folder = Path.GetDirectoryName(folder))
                if (File.Exists(Path.Combine(folder, "Anyvisor.slnx")))
                    app = Path.Combine(folder, "artifacts", "app");
            return app is not null && File.Exists(Path.Combine(app, "anyvisor-server"))
                ? app
                : throw new InvalidOperationException("There is no built server: run ./anyvisor version first, or say in ANYVISOR_APP where it is.");
        }
    }

    /// <summary>Starts a server; returns at once, before it answers.</summary>
    internal static ServerUnderTest Launch(string data)
    {
        Directory.CreateDirectory(data);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(Path.Combine(App, "anyvisor-server"), ["--listen", url.Authority, "--data", data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        // Nobody reads them, and a full pipe would hold the server up.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = url, Timeout = Patience };
        var token = Path.Combine(data, "admin.token");
        if (File.Exists(token))
            SignIn(http, token);
        return new ServerUnderTest(process, url, http);
    }

    /// <summary>Starts a server with a simulated provider and waits until all of its guests are listed.</summary>
    internal static async Task<ServerUnderTest> WithGuestsAsync(string data, int guests, double churn)
    {
        var server = Launch(data);
        await server.UntilAsync(async () => (await server.Http.GetAsync("/readyz")).IsSuccessStatusCode);
        SignIn(server.Http, Path.Combine(data, "admin.token"));
        var body = FormattableString.Invariant($$"""{"name":"big","driver":"sim","url":"sim:?hosts={{Math.Max(1, guests / 1000)}}&guests={{guests}}&seed=1&churn={{churn}}"}""");
        (await server.Http.PostAsync("/api/v1/providers", new StringContent(body, Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
        await server.UntilAsync(async () =>
        {
            using var provider = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/providers/big"));
            return provider.RootElement.GetProperty("state").GetString() == "connected";
        });
        return server;
    }

    /// <summary>Asks again and again, closely: for what has to be waited for and tells nobody.</summary>
    internal async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (await holds())
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new InvalidOperationException("The server does not come to where the benchmark begins.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Asks it to end, as an operator does.</summary>
    /// <returns>How long that took.</returns>
    internal async Task<TimeSpan> StopAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        using (var kill = Process.Start("kill", [_process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        return TimeProvider.System.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            await StopAsync();
        _process.Dispose();
    }

    internal static void SignIn(HttpClient http, string token) =>
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(token).Trim());

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
