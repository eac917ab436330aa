using System.Diagnostics;
using System.Globalization;

namespace Anyvisor.Benchmarks.Server;

/// <summary>Processor time of <c>anyvisor guest list</c> against a running server, start of its process included.</summary>
internal static class CliFigure
{
    private const int Runs = 20;

    internal static async Task RunAsync(Figures figures)
    {
        var data = Directory.CreateTempSubdirectory("anyvisor-bench-").FullName;
        try
        {
            await using var server = await ServerUnderTest.WithGuestsAsync(data, 500, churn: 0);
            var used = new double[Runs];
            for (var i = -2; i < Runs; i++)
            {
                var start = new ProcessStartInfo(Path.Combine(ServerUnderTest.App, "anyvisor"), ["guest", "list", "--limit", "100"]) { RedirectStandardOutput = true };
                start.Environment["ANYVISOR_DATA"] = data;
                var before = ChildProcesses.ProcessorTime;
                using var cli = Process.Start(start)!;
                var output = await cli.StandardOutput.ReadToEndAsync();
                await cli.WaitForExitAsync();
                if (cli.ExitCode != 0 || output.Length < 1000)
                    throw new InvalidOperationException($"guest list ended with {cli.ExitCode}.");
                // The first two fill the page cache.
                if (i >= 0)
                    used[i] = (ChildProcesses.ProcessorTime - before).TotalMilliseconds;
            }
            Array.Sort(used);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  least {used[0]:0} ms, most {used[^1]:0} ms"));
            figures.AtMost($"processor time of 'guest list', median of {Runs}", used[Runs / 2], 150, "ms");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
