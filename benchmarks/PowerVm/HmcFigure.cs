using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.PowerVm;
using Anyvisor.Drivers.PowerVm.Simulator;
using Anyvisor.Model;
using Anyvisor.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Benchmarks.PowerVm;

/// <summary>A simulated management console with 20 systems and 2,000 partitions: how long until all is known, and until a change is.</summary>
internal static class HmcFigure
{
    private const int Systems = 20;
    private const int Partitions = 2000;
    private const int Rounds = 5;

    internal static async Task RunAsync(Figures figures)
    {
        var options = new SimulationOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Hosts = Systems, Guests = Partitions, Settings = ImmutableSortedDictionary<string, string>.Empty.Add("ssh", "none"), Loggers = NullLoggerFactory.Instance };
        await using var simulation = (IPowerVmSimulation)await new PowerVmSimulator().StartAsync(options, CancellationToken.None).ConfigureAwait(false);
        var told = simulation.Address;
        var address = new ProviderAddress
        {
            Provider = "bench", Url = told.Url, User = told.User, Settings = told.Settings.ToImmutableDictionary(),
            Password = new Secret((await File.ReadAllTextAsync(told.PasswordFile!).ConfigureAwait(false)).TrimEnd('\n')),
        };
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await using var connection = await new Plugin().ConnectAsync(address, new DriverContext(TimeProvider.System, NullLoggerFactory.Instance), CancellationToken.None).ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        await using var changes = connection.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        var guests = new List<Guest>();
        while (await changes.MoveNextAsync().ConfigureAwait(false) && changes.Current is not SnapshotComplete)
            if (changes.Current is Seen { Object: Guest guest })
                guests.Add(guest);
        figures.AtMost($"inventory of {Systems} systems with {guests.Count} partitions, from sign-in", clock.Elapsed.TotalSeconds, 10, "s");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(Environment.CpuUsage.TotalTime - before).TotalSeconds:0.0} s of processor time, the simulator's included"));
        figures.AtMost("calls in flight at once", simulation.Server.MostInFlight, 4, "");
        await ChangesAsync(figures, simulation, changes).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Somebody at the console starts and stops a partition, and we wait until the watch shows it.</summary>
    private static async Task ChangesAsync(Figures figures, IPowerVmSimulation simulation, IAsyncEnumerator<Change> changes)
    {
        var estate = simulation.Server.Estate;
        var slowest = 0d;
        for (var round = 0; round < Rounds; round++)
        {
            SimPartition one;
            var clock = Stopwatch.StartNew();
            lock (estate.Gate)
            {
                one = estate.Partitions.Values.Where(p => !p.IsVios).ElementAt(round * 7);
                estate.To(one, one.On ? "not activated" : "running");
            }
            while (await changes.MoveNextAsync().ConfigureAwait(false))
                if (changes.Current is Seen { Object: Guest guest } && guest.NativeId == new NativeId(one.Uuid) && guest.Power == (one.On ? PowerState.On : PowerState.Off))
                    break;
            slowest = Math.Max(slowest, clock.Elapsed.TotalSeconds);
        }
        figures.AtMost(string.Create(CultureInfo.InvariantCulture, $"a partition's change of state until it is shown, slowest of {Rounds}"), slowest, 2, "s");
    }
}
