using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Anyvisor.Benchmarks.Server;

/// <summary>
/// A hundred thousand guests over ten simulated systems of three kinds, each a process of its own that is added with the
/// line that it prints: what the server takes for them, and how long until all are there.
/// </summary>
internal static class TenFigure
{
    private const int Pages = 50;
    private static readonly (string System, int Hosts)[] Systems =
    [
        ("powervm", 100), ("powervm", 100), ("powervm", 100), ("powervm", 100), ("zvm", 2), ("zvm", 2), ("zvm", 2), ("zones", 1), ("zones", 1), ("zones", 1),
    ];

    private static readonly string[] Questions =
    [
        "guests?limit=100&sort=name", "guests?limit=100&sort=-memory,name&filter=power:on", "guests?limit=100&filter=kind:zone&sort=name", "guests?limit=100&filter=provider:ten0%20cpu%3E=2&sort=-cpu",
    ];

    /// <summary>How many in all: fewer by <c>ANYVISOR_TEN_GUESTS</c>, where there is little time.</summary>
    private static int Guests => int.TryParse(Environment.GetEnvironmentVariable("ANYVISOR_TEN_GUESTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var guests) ? guests : 100_000;

    internal static async Task RunAsync(Figures figures)
    {
        var data = Directory.CreateTempSubdirectory("anyvisor-bench-").FullName;
        var simulations = new List<Process>();
        try
        {
            var lines = new List<string>();
            for (var i = 0; i < Systems.Length; i++)
                lines.Add(await SimulateAsync(i, simulations));
            await using var server = ServerUnderTest.Launch(Path.Combine(data, "server"));
            await server.UntilAsync(async () => (await server.Http.GetAsync("/readyz")).IsSuccessStatusCode);
            var token = Path.Combine(data, "server", "admin.token");
            ServerUnderTest.SignIn(server.Http, token);
            await MeasureAsync(figures, server, lines, token);
        }
        finally
        {
            foreach (var simulation in simulations)
            {
                simulation.Kill(entireProcessTree: true);
                await simulation.WaitForExitAsync();
                simulation.Dispose();
            }
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task MeasureAsync(Figures figures, ServerUnderTest server, List<string> lines, string token)
    {
        var (empty, used, began) = (server.Resident, server.ProcessorTime, TimeProvider.System.GetTimestamp());
        await Task.WhenAll(lines.Select(line => AddAsync(line, server.Url, token)));
        var slowest = TimeSpan.Zero;
        await server.UntilAsync(async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
            var asked = TimeProvider.System.GetTimestamp();
            using var page = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/guests?limit=100&sort=name"));
            slowest = TimeProvider.System.GetElapsedTime(asked) is var took && took > slowest ? took : slowest;
            using var providers = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/providers"));
            return page.RootElement.GetProperty("total").GetInt32() >= Guests && providers.RootElement.GetProperty("items").EnumerateArray().All(one => one.GetProperty("state").GetString() == "connected");
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Guests} guests whole after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s and {(server.ProcessorTime - used).TotalSeconds:0} s of the server's processor time"));
        figures.AtMost("slowest page meanwhile", slowest.TotalSeconds, 2, "s");
        var took = new List<double>();
        for (var i = 0; i < Pages; i++)
        {
            var asked = TimeProvider.System.GetTimestamp();
            _ = await server.Http.GetStringAsync($"/api/v1/{Questions[i % Questions.Length]}");
            took.Add(TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds);
        }
        took.Sort();
        figures.AtMost("page of 100 over HTTP, mixed filters and sorts, ten providers watched, median", took[took.Count / 2], 10, "ms");
        figures.AtMost("resident memory a guest above the empty server, all ten connections in it", (server.Resident - empty) / (double)Guests, 4096, "bytes");
    }

    private static async Task<string> SimulateAsync(int number, List<Process> simulations)
    {
        var (system, hosts) = Systems[number];
        string[] arguments =
        [
            system, "--listen", "127.0.0.1:0", "--name", $"ten{number}", "--seed", Text(number + 1), "--hosts", Text(hosts),
            "--guests", Text(Guests / Systems.Length + (number < Guests % Systems.Length ? 1 : 0)),
        ];
        var simulation = Process.Start(new ProcessStartInfo(Path.Combine(ServerUnderTest.App, "anyvisor-simulate"), arguments) { RedirectStandardOutput = true })!;
        simulations.Add(simulation);
        return await simulation.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The simulator {system} ended before it was ready.");
    }

    /// <summary>Pastes the line into a shell, as a person does.</summary>
    private static async Task AddAsync(string line, Uri server, string token)
    {
        var start = new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{ServerUnderTest.App}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["ANYVISOR_SERVER"] = server.ToString();
        start.Environment["ANYVISOR_TOKEN"] = (await File.ReadAllTextAsync(token)).Trim();
        using var shell = Process.Start(start)!;
        var said = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
            throw new InvalidOperationException($"Adding a provider failed: {said}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
