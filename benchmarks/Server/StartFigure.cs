using System.Globalization;

namespace Anyvisor.Benchmarks.Server;

/// <summary>From the start of the process to its first page, with 100,000 stored guests; and what 10,000 guests take.</summary>
internal static class StartFigure
{
    internal static async Task RunAsync(Figures figures)
    {
        await StartAsync(figures, 100_000);
        await MemoryAsync(figures, 10_000);
    }

    private static async Task StartAsync(Figures figures, int guests)
    {
        var data = Directory.CreateTempSubdirectory("anyvisor-bench-").FullName;
        try
        {
            await using (var first = await ServerUnderTest.WithGuestsAsync(data, guests, churn: 0))
            {
                await first.UntilAsync(async () => (await first.Http.GetStringAsync("/metrics")).Contains("anyvisor_store_waiting 0", StringComparison.Ordinal));
                await first.StopAsync();
            }
            var (best, used) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
            for (var round = 0; round < 5; round++)
            {
                var began = TimeProvider.System.GetTimestamp();
                await using var server = ServerUnderTest.Launch(data);
                await server.UntilAsync(async () => (await server.Http.GetAsync("/readyz")).IsSuccessStatusCode);
                var page = await server.Http.GetStringAsync("/api/v1/guests?limit=100");
                var took = TimeProvider.System.GetElapsedTime(began);
                if (!page.Contains("\"total\":", StringComparison.Ordinal))
                    throw new InvalidOperationException("The first page is no page.");
                var processor = server.ProcessorTime;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ready and first page after {took.TotalSeconds:0.00} s, {processor.TotalSeconds:0.00} s of processor time"));
                (best, used) = (took < best ? took : best, processor < used ? processor : used);
            }
            figures.AtMost(string.Create(CultureInfo.InvariantCulture, $"start to ready and first page, {guests:n0} stored guests, best of 5"), best.TotalSeconds, 2, "s");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ({used.TotalSeconds:0.00} s of processor time)"));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task MemoryAsync(Figures figures, int guests)
    {
        var data = Directory.CreateTempSubdirectory("anyvisor-bench-").FullName;
        try
        {
            await using var server = await ServerUnderTest.WithGuestsAsync(data, guests, churn: 10);
            for (var i = 0; i < 200; i++)
                await server.Http.GetStringAsync("/api/v1/guests?limit=100&sort=-memory,name");
            figures.AtMost(string.Create(CultureInfo.InvariantCulture, $"resident memory of the server, {guests:n0} guests, after 200 pages"), server.Resident / 1048576.0, 200, "MiB");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
