using System.Globalization;
using System.Text.Json;

namespace Anyvisor.Benchmarks.Server;

/// <summary>A real server meets a provider of a million guests that changes 5,000 times a second.</summary>
internal static class MillionFigure
{
    private const int Guests = 1_000_000;

    internal static async Task RunAsync(Figures figures)
    {
        var data = Directory.CreateTempSubdirectory("anyvisor-bench-").FullName;
        try
        {
            await using var server = await ServerUnderTest.WithGuestsAsync(data, 1, churn: 0);
            var body = FormattableString.Invariant($$"""{"name":"million","driver":"sim","url":"sim:?hosts=1000&guests={{Guests}}&seed=1&churn=5000"}""");
            var (began, used) = (TimeProvider.System.GetTimestamp(), server.ProcessorTime);
            (await server.Http.PostAsync("/api/v1/providers", new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
            var slowest = TimeSpan.Zero;
            await server.UntilAsync(async () =>
            {
                var asked = TimeProvider.System.GetTimestamp();
                using var provider = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/providers/million"));
                await server.Http.GetStringAsync("/api/v1/guests?limit=100&sort=-memory,name");
                var took = TimeProvider.System.GetElapsedTime(asked);
                slowest = took > slowest ? took : slowest;
                return provider.RootElement.GetProperty("state").GetString() == "connected";
            });
            var listed = TimeProvider.System.GetElapsedTime(began);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(server.ProcessorTime - used).TotalSeconds:0.0} s of processor time until listed; slowest provider and page meanwhile {slowest.TotalSeconds:0.00} s"));
            figures.AtMost("first listing of 1,000,000 guests over the whole server", listed.TotalSeconds, 30, "s");
            figures.AtMost("resident memory a guest, right behind that listing", server.Resident / (double)Guests, 1024, "bytes");
            figures.AtMost("end after SIGTERM, in the middle of writing them down", (await server.StopAsync()).TotalSeconds, 5, "s");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
