using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.VSphere;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Benchmarks.VSphere;

/// <summary>
/// 10,000 guests of a simulated vCenter, read by the driver and by VMware's own Go client in one run: the same properties
/// of the same objects. Then what the connection keeps, how soon a change is shown, and 1,000 power operations.
/// </summary>
internal static class VSphereFigure
{
    private const int Guests = 10_000;
    private const int Operations = 1000;

    internal static async Task RunAsync(Figures figures)
    {
        var (vcsim, govmomi) = (await BuildAsync("vcsim", "testbeds/vcsim").ConfigureAwait(false), await BuildAsync("govmomi", "benchmarks/VSphere/govmomi").ConfigureAwait(false));
        await using (var large = await VCenterProcess.StartAsync(vcsim, "-cluster", "1", "-host", "16", "-standalone-host", "0", "-vm", Guests.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false))
        {
            // The first call of each kind is compiled as it runs: a server is not started for one listing.
            var cold = await ListAsync(large.Address).ConfigureAwait(false);
            var theirs = await GovmomiAsync(govmomi, large).ConfigureAwait(false);
            var ours = await ListAsync(large.Address).ConfigureAwait(false);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ours.Guests} guests: ours {ours.Cpu:0.00} s of processor time, {ours.Wall:0.0} s in all (cold {cold.Cpu:0.00} s); govmomi {theirs.Cpu:0.00} s, {theirs.Wall:0.0} s"));
            figures.AtMost($"processor time for {ours.Guests} guests, of govmomi's", ours.Cpu / theirs.Cpu, 0.6, "");
            figures.AtMost($"time for {ours.Guests} guests, of govmomi's", ours.Wall / theirs.Wall, 1, "");
            figures.AtMost($"memory of a connection with {ours.Guests} guests", ours.Memory, 40, "MiB");
        }
        await using var small = await VCenterProcess.StartAsync(vcsim, "-cluster", "1", "-host", "4", "-standalone-host", "0", "-vm", "100").ConfigureAwait(false);
        await ChangesAsync(figures, small.Address).ConfigureAwait(false);
    }

    private static async Task<(int Guests, double Cpu, double Wall, double Memory)> ListAsync(ProviderAddress address)
    {
        var before = Settled();
        var (clock, used) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await using var connection = await new Plugin().ConnectAsync(address, new DriverContext(TimeProvider.System, NullLoggerFactory.Instance), CancellationToken.None).ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        await using var changes = connection.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        var guests = 0;
        while (await changes.MoveNextAsync().ConfigureAwait(false) && changes.Current is not SnapshotComplete)
            guests += changes.Current is Seen { Object: Guest } ? 1 : 0;
        var result = (guests, (Environment.CpuUsage.TotalTime - used).TotalSeconds, clock.Elapsed.TotalSeconds, (Settled() - before) / 1048576.0);
        await stop.CancelAsync().ConfigureAwait(false);
        return result;

        static long Settled()
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }

    private static async Task<(double Cpu, double Wall)> GovmomiAsync(string program, VCenterProcess vcenter)
    {
        var content = ServiceContent.Unknown with { Speak = "6.5" };
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        start.ArgumentList.Add(vcenter.Address.Url);
        foreach (var (type, paths) in Paths.All(content).Where(set => Paths.Viewed.Contains(set.Type)))
            start.ArgumentList.Add($"{type}={string.Join(',', paths)}");
        (start.Environment["GOVC_USERNAME"], start.Environment["GOVC_PASSWORD"]) = (VCenterProcess.User, VCenterProcess.Password);
        using var process = Process.Start(start)!;
        using var said = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false));
        return (said.RootElement.GetProperty("cpu").GetDouble(), said.RootElement.GetProperty("wall").GetDouble());
    }

    private static async Task ChangesAsync(Figures figures, ProviderAddress address)
    {
        var context = new DriverContext(TimeProvider.System, NullLoggerFactory.Instance);
        await using var connection = await new Plugin().ConnectAsync(address, context, CancellationToken.None).ConfigureAwait(false);
        await using var other = await new Plugin().ConnectAsync(address, context, CancellationToken.None).ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        var seen = new SeenGuests();
        var watching = seen.WatchAsync(connection, stop.Token);
        await seen.Listed.ConfigureAwait(false);
        var (mine, others) = (0d, 0d);
        foreach (var (guest, at) in seen.Now.Take(10).Select((guest, at) => (guest, at)))
        {
            var clock = Stopwatch.StartNew();
            // Ours: until the caller has its answer and the event is there. Another's: from its answer on.
            await ((IGuestPower)(at % 2 == 0 ? connection : other)).StopAsync(guest, CancellationToken.None).ConfigureAwait(false);
            if (at % 2 == 1)
                clock.Restart();
            await seen.UntilAsync(guest.NativeId, PowerState.Off).ConfigureAwait(false);
            if (at % 2 == 0)
                mine = Math.Max(mine, clock.Elapsed.TotalMilliseconds);
            else
                others = Math.Max(others, clock.Elapsed.TotalMilliseconds);
        }
        figures.AtMost("our own change until it is shown, slowest of 5", mine, 500, "ms");
        figures.AtMost("somebody else's change until it is shown, slowest of 5 (vcsim waits 250 ms)", others, 500, "ms");
        var (done, total) = (0, Stopwatch.StartNew());
        var power = (IGuestPower)connection;
        await Parallel.ForEachAsync(seen.Now.Take(100), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (guest, token) =>
        {
            for (var round = 0; round < Operations / 100; round++)
            {
                var now = (await connection.ReadGuestAsync(guest.NativeId, token).ConfigureAwait(false))!;
                await (now.Power == PowerState.On ? power.StopAsync(now, token) : power.StartAsync(now, token)).ConfigureAwait(false);
                _ = Interlocked.Increment(ref done);
            }
        }).ConfigureAwait(false);
        figures.AtLeast(string.Create(CultureInfo.InvariantCulture, $"power operations that ended, 16 at a time ({total.Elapsed.TotalSeconds:0.0} s)"), done, Operations, "");
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<string> BuildAsync(string name, string folder)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Directory.Packages.props")))
            root = root.Parent;
        var program = Path.Combine(root!.FullName, "artifacts", "vcsim", name);
        using var build = Process.Start(Path.Combine(root.FullName, "testbeds", "vcsim", "build.sh"), [program, Path.Combine(root.FullName, folder)]);
        await build.WaitForExitAsync().ConfigureAwait(false);
        return build.ExitCode == 0 ? program : throw new InvalidOperationException($"{name} does not build.");
    }
}
