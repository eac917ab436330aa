using System.Diagnostics;
using Xunit;

namespace Anyvisor.EndToEnd.Harness;

/// <summary><c>anyvisor simulate SYSTEM</c> in a process of its own, on ports of its own choice.</summary>
internal sealed class SimulatedSystem : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Process _process;

    private SimulatedSystem(Process process, string add) => (_process, Add) = (process, add);

    /// <summary>The line that it prints once it is ready, to be pasted into a shell.</summary>
    internal string Add { get; }

    internal static async Task<SimulatedSystem> StartAsync(string system, string data, params string[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(Bed.App, "anyvisor"), ["simulate", system, "--data", data, "--seed", "1", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"The simulator of {system} did not start");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(Patience);
        var line = await process.StandardOutput.ReadLineAsync(stop.Token);
        // Read on: a full pipe would hold it up.
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return line is not null ? new SimulatedSystem(process, line) : throw new InvalidOperationException($"The simulator of {system} ended: {await errors}");
    }

    /// <summary>Pastes its line into a shell, as a person does.</summary>
    internal Task<Ran> PasteAsync(string dataDirectory) =>
        Program.RunAsync(
            "/bin/sh",
            ["-c", Add],
            new Dictionary<string, string?> { ["ANYVISOR_DATA"] = dataDirectory, ["ANYVISOR_SERVER"] = null, ["ANYVISOR_TOKEN"] = null, ["PATH"] = $"{Bed.App}:{Environment.GetEnvironmentVariable("PATH")}" },
            null,
            TestContext.Current.CancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
