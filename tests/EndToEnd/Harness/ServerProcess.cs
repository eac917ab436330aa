using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Anyvisor.EndToEnd.Harness;

/// <summary>The real server in a process of its own, with a data directory and a port of its own. It can be killed and started again.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private Process? _process;

    private ServerProcess()
    {
        Data = Directory.CreateTempSubdirectory("anyvisor-e2e-").FullName;
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        Cli = new Cli(Data);
    }

    internal string Data { get; }

    internal Uri Address { get; }

    internal Cli Cli { get; }

    internal int ProcessId => _process!.Id;

    /// <summary>All that the server wrote, over all its starts.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    internal static async Task<ServerProcess> StartNewAsync(params (string Name, string Value)[] environment)
    {
        var server = new ServerProcess();
        await server.StartAsync(environment);
        return server;
    }

    /// <summary>Starts it on its data directory and awaits its readiness.</summary>
    internal async Task StartAsync(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(
            Path.Combine(Bed.App, "anyvisor"),
            ["serve", "--listen", $"127.0.0.1:{Address.Port}", "--data", Data]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process?.Dispose();
        _process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start");
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync();
    }

    /// <summary>What a power cut does to the process: it has no chance to say or write anything.</summary>
    internal async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: false);
        await WaitForEndAsync();
    }

    /// <summary>Whether it ends by itself in time.</summary>
    internal async Task<bool> EndsWithinAsync(TimeSpan patience)
    {
        try
        {
            await WaitForEndAsync().WaitAsync(patience, TimeProvider.System, TestContext.Current.CancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A client that carries the administrator's token.</summary>
    internal async Task<HttpClient> NewHttpClientAsync()
    {
        var token = await File.ReadAllTextAsync(Path.Combine(Data, "admin.token"), TestContext.Current.CancellationToken);
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token.Trim());
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            _process.Kill(entireProcessTree: true);
        if (_process is not null)
            await _process.WaitForExitAsync(CancellationToken.None);
        _process?.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    private Task WaitForEndAsync() => _process!.WaitForExitAsync(TestContext.Current.CancellationToken);

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
        await Until.AsyncOf(
            "GET /readyz answers 200",
            async () =>
            {
                if (_process!.HasExited)
                    throw new InvalidOperationException($"The server ended with exit code {_process.ExitCode}:\n{Log}");
                return await StatusOfAsync(client);
            },
            status => status == HttpStatusCode.OK,
            TestContext.Current.CancellationToken
        );
    }

    private static async Task<HttpStatusCode?> StatusOfAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return null;
        }
    }

    private void Note(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
