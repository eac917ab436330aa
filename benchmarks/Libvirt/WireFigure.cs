using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Libvirt;
using Anyvisor.Model;

namespace Anyvisor.Benchmarks.Libvirt;

/// <summary>Calls over a long way, and more guests than one answer of the protocol may hold.</summary>
internal static class WireFigure
{
    private const int Calls = 500;
    private const int Many = 20_000;

    internal static async Task RunAsync(Figures figures)
    {
        await LongWayAsync(figures).ConfigureAwait(false);
        await ManyAsync(figures).ConfigureAwait(false);
    }

    private static async Task LongWayAsync(Figures figures)
    {
        var estate = await LibvirtBench.EstateAsync(1000).ConfigureAwait(false);
        await using var line = new LongLine(LibvirtBench.Socket, TimeSpan.FromMilliseconds(10));
        await using var client = await LibvirtBench.ConnectAsync(LibvirtBench.Url(estate, line.Path)).ConfigureAwait(false);
        var guests = (await client.ListDomainsAsync(CancellationToken.None).ConfigureAwait(false)).Domains.Take(Calls).ToList();
        var alone = await LibvirtBench.MillisecondsAsync(() => client.DomainGetXmlDescAsync(guests[0], 0, CancellationToken.None)).ConfigureAwait(false);
        var took = new List<double>();
        for (var round = 0; round < 5; round++)
            took.Add(await LibvirtBench.MillisecondsAsync(() => Task.WhenAll(guests.Select(g => client.DomainGetXmlDescAsync(g, 0, CancellationToken.None)))).ConfigureAwait(false));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  one call over that way: {alone:0.0} ms"));
        figures.AtMost("500 calls over a round trip of 10 ms", LibvirtBench.Median(took) / 1000, 0.5, "s");
    }

    private static async Task ManyAsync(Figures figures)
    {
        var estate = await LibvirtBench.EstateAsync(Many).ConfigureAwait(false);
        var address = new ProviderAddress { Provider = "bench", Url = LibvirtBench.Url(estate, LibvirtBench.Socket) };
        await using var connection = await Connection.OpenAsync(address, LibvirtBench.Context, CancellationToken.None).ConfigureAwait(false);
        var seen = new HashSet<NativeId>();
        using var stop = new CancellationTokenSource();
        var took = await LibvirtBench
            .MillisecondsAsync(async () =>
            {
                await foreach (var change in connection.WatchAsync(stop.Token).ConfigureAwait(false))
                {
                    if (change is Seen { Object: Guest guest })
                        seen.Add(guest.NativeId);
                    if (change is SnapshotComplete)
                        return;
                }
            })
            .ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {seen.Count} guests, each with its XML, in {took / 1000:0.0} s"));
        figures.AtMost("guests of 20,000 that a listing lacks, where the protocol refuses 16,385", Many - seen.Count, 0, "");
    }
}
