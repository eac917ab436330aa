using System.Diagnostics;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Libvirt;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;

namespace Anyvisor.Benchmarks.Libvirt;

/// <summary>1,000 guests of a real daemon: the calls that a listing takes, and its bulk calls against python3-libvirt's.</summary>
internal static class ListingFigure
{
    private const int Guests = 1000;
    private const int Rounds = 40;

    // virConnectListAllDomainsFlags: transient, with saved memory, with snapshots.
    private static readonly uint[] Filters = [8, 256, 4096];

    internal static async Task RunAsync(Figures figures)
    {
        var estate = await LibvirtBench.EstateAsync(Guests).ConfigureAwait(false);
        await CallsAsync(figures, estate).ConfigureAwait(false);
        var url = LibvirtBench.Url(estate, LibvirtBench.Socket);
        await using var client = await LibvirtBench.ConnectAsync(url).ConfigureAwait(false);
        var ours = new List<double>();
        var python = new List<double>();
        // In turns, so that what else the machine does meets both.
        for (var turn = 0; turn < 5; turn++)
        {
            for (var round = 0; round < Rounds / 5 + 2; round++)
                ours.Add(await LibvirtBench.MillisecondsAsync(() => BulkAsync(client)).ConfigureAwait(false));
            python.AddRange(await PythonAsync(url, Rounds / 5 + 2).ConfigureAwait(false));
        }
        var (mine, its) = (LibvirtBench.Median(ours), LibvirtBench.Median(python));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  median of {ours.Count}: {mine:0.0} ms here, {its:0.0} ms python3-libvirt"));
        figures.AtMost("bulk calls for 1,000 guests, of python3-libvirt's time", mine / its, 1, "");
    }

    /// <summary>State and stats of all, and the three lists that tell what the state does not.</summary>
    private static async Task BulkAsync(LibvirtClient client)
    {
        var stats = await client.GetAllStatsAsync(DomainStatsGroups.State | DomainStatsGroups.CpuTotal | DomainStatsGroups.Balloon | DomainStatsGroups.Vcpu, CancellationToken.None).ConfigureAwait(false);
        if (stats.Count != Guests)
            throw new InvalidOperationException($"{stats.Count} of {Guests} guests were told.");
        foreach (var filter in Filters)
            await client.ConnectListAllDomainsAsync(filter, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The driver's whole watch: a first listing, and another in which nothing has changed.</summary>
    private static async Task CallsAsync(Figures figures, string estate)
    {
        await using var line = new LongLine(LibvirtBench.Socket, TimeSpan.Zero);
        var address = new ProviderAddress { Provider = "bench", Url = LibvirtBench.Url(estate, line.Path) };
        await using var connection = await Connection.OpenAsync(address, LibvirtBench.Context, CancellationToken.None).ConfigureAwait(false);
        var client = connection.Daemon.Client;
        await client.GetAllStatsAsync(DomainStatsGroups.State, CancellationToken.None).ConfigureAwait(false);
        var before = line.Calls;
        using var stop = new CancellationTokenSource();
        var listings = 0;
        var seen = 0;
        try
        {
            await foreach (var change in connection.WatchAsync(stop.Token).ConfigureAwait(false))
            {
                if (change is Seen { Object: Guest })
                    seen++;
                if (change is not SnapshotComplete || ++listings == 0)
                    continue;
                if (listings == 1)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  first listing: {seen} guests, {line.Calls - before} calls with {Guests} XMLs, the host's places and the request for events"));
                    before = line.Calls;
                    connection.RequestRefresh();
                }
                else
                    await stop.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Host, pools, networks and their volumes are in the same listing: they are fewer than the guests.
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  listing with nothing changed: {line.Calls - before} calls, with host, networks and pools"));
        }
        await GuestCallsAsync(figures, estate).ConfigureAwait(false);
    }

    /// <summary>Of guests alone: the same reader of states and flags, without places.</summary>
    private static async Task GuestCallsAsync(Figures figures, string estate)
    {
        await using var line = new LongLine(LibvirtBench.Socket, TimeSpan.Zero);
        await using var client = await LibvirtBench.ConnectAsync(LibvirtBench.Url(estate, line.Path)).ConfigureAwait(false);
        await BulkAsync(client).ConfigureAwait(false);
        var before = line.Calls;
        await BulkAsync(client).ConfigureAwait(false);
        figures.AtMost("calls for state, stats and flags of 1,000 guests", line.Calls - before, 6, "");
    }

    private static async Task<IEnumerable<double>> PythonAsync(string url, int rounds)
    {
        const string Script = """
            import libvirt, sys, time
            c = libvirt.open(sys.argv[1])
            groups = libvirt.VIR_DOMAIN_STATS_STATE | libvirt.VIR_DOMAIN_STATS_CPU_TOTAL | libvirt.VIR_DOMAIN_STATS_BALLOON | libvirt.VIR_DOMAIN_STATS_VCPU
            for _ in range(int(sys.argv[2])):
                t = time.perf_counter()
                stats = c.getAllDomainStats(groups, 0)
                for f in (8, 256, 4096):
                    c.listAllDomains(f)
                print((time.perf_counter() - t) * 1000)
                assert len(stats) == 1000
            """;
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", Script, url, rounds.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using var python = Process.Start(start) ?? throw new InvalidOperationException("python3 does not start.");
        var said = await python.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await python.WaitForExitAsync().ConfigureAwait(false);
        return python.ExitCode == 0
            ? said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => double.Parse(l, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException("The peer failed: is python3-libvirt installed (apt install python3-libvirt)?");
    }
}
