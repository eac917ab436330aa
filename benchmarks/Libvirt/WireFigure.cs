using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Libvirt;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;

namespace Anyvisor.Benchmarks.Libvirt;

/// <summary>Calls over a long way, and more guests than one answer of the protocol may hold.</summary>
internal static class WireFigure
{
    private const int Calls = 500;
    private const int Many = 17_000;
    private const int AtOnce = 64;
    private const string Prefix = "many-";

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

    /// <summary>In the daemon's own test host, for a host of so many from a file takes the test driver minutes. Half of them are on.</summary>
    private static async Task ManyAsync(Figures figures)
    {
        var url = $"test+unix:///default?socket={LibvirtBench.Socket}";
        await using var client = await LibvirtBench.ConnectAsync(url).ConfigureAwait(false);
        try
        {
            await DefineAsync(client).ConfigureAwait(false);
            await ListAsync(figures, url).ConfigureAwait(false);
        }
        finally
        {
            await RemoveAsync(client).ConfigureAwait(false);
        }
    }

    private static Task DefineAsync(LibvirtClient client) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, Many),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (i, token) =>
            {
                var xml = $"<domain type='test'><name>{Prefix}{i}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type arch='i686'>hvm</type></os></domain>";
                var guest = await client.DomainDefineXmlFlagsAsync(xml, 0, token).ConfigureAwait(false);
                if (i % 2 == 0)
                    await client.DomainCreateWithFlagsAsync(guest, 0, token).ConfigureAwait(false);
            }
        );

    private static async Task ListAsync(Figures figures, string url)
    {
        await using var connection = await Connection.OpenAsync(new ProviderAddress { Provider = "bench", Url = url }, LibvirtBench.Context, CancellationToken.None).ConfigureAwait(false);
        var seen = new HashSet<NativeId>();
        var took = await LibvirtBench
            .MillisecondsAsync(async () =>
            {
                await foreach (var change in connection.WatchAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    if (change is Seen { Object: Guest guest } && guest.Name.StartsWith(Prefix, StringComparison.Ordinal))
                        seen.Add(guest.NativeId);
                    if (change is SnapshotComplete)
                        return;
                }
            })
            .ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {seen.Count} guests, each with its XML, in {took / 1000:0.0} s"));
        figures.AtMost("guests of 17,000 that a listing lacks, where the protocol refuses 16,385", Many - seen.Count, 0, "");
    }

    private static async Task RemoveAsync(LibvirtClient client)
    {
        var all = (await client.ListDomainsAsync(CancellationToken.None).ConfigureAwait(false)).Domains.Where(d => d.Name.StartsWith(Prefix, StringComparison.Ordinal));
        await Parallel
            .ForEachAsync(
                all,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (guest, token) =>
                {
                    if (guest.Id >= 0)
                        await client.DomainDestroyFlagsAsync(guest, 0, token).ConfigureAwait(false);
                    await client.DomainUndefineFlagsAsync(guest, 0, token).ConfigureAwait(false);
                }
            )
            .ConfigureAwait(false);
    }
}
