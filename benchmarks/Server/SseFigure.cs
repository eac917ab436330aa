using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;

namespace Anyvisor.Benchmarks.Server;

/// <summary>
/// From a change that a driver observed to its receipt over 1,000 HTTP streams of a real server: inventory, event feed,
/// Kestrel and the loopback lie between. The readers run on the same machine and share its processors.
/// </summary>
internal static class SseFigure
{
    private const int Streams = 1000;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    internal static async Task RunAsync(Figures figures)
    {
        var data = Directory.CreateTempSubdirectory("anyvisor-bench-").FullName;
        try
        {
            await using var server = await ServerUnderTest.WithGuestsAsync(data, 2000, churn: 50);
            var before = server.Resident;
            using var stop = new CancellationTokenSource();
            var delays = Enumerable.Range(0, Streams).Select(_ => new List<double>()).ToArray();
            var open = new CountdownEvent(Streams);
            var readers = delays.Select(into => Task.Run(() => ReadAsync(server, into, open, stop.Token))).ToArray();
            await Task.Run(open.Wait);
            figures.AtMost("resident memory of the server a stream", (server.Resident - before) / (double)Streams / 1024, 64, "KiB");
            await Task.Delay(Time, TimeProvider.System, CancellationToken.None);
            await stop.CancelAsync();
            await Task.WhenAll(readers);
            var all = delays.SelectMany(d => d).Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {all.Length:n0} events received, median {all[all.Length / 2]:0} ms"));
            figures.AtMost("published to received over HTTP, p99 of 1,000 streams at 50 changes a second", all[(int)(all.Length * 0.99)], 100, "ms");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>The delay is from the moment that the driver saw the change, by the clock of this same machine.</summary>
    private static async Task ReadAsync(ServerUnderTest server, List<double> into, CountdownEvent open, CancellationToken stop)
    {
        using var response = await server.Http.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
        response.EnsureSuccessStatusCode();
        open.Signal();
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(stop);
            // Bytes are looked through for the time alone: a thousand JSON parsers would measure themselves.
            var items = SseParser.Create(stream, static (_, bytes) => ObservedAt(bytes)).EnumerateAsync(stop);
            await foreach (var item in items)
                if (item.Data is { } at && item.EventType == "changed")
                    into.Add((TimeProvider.System.GetUtcNow().UtcDateTime - at).TotalMilliseconds);
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private static DateTime? ObservedAt(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf("\"observedAt\":\""u8);
        if (at < 0)
            return null;
        var text = json[(at + 14)..];
        return DateTime.TryParse(Encoding.UTF8.GetString(text[..text.IndexOf((byte)'"')]), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }
}
