using System.Diagnostics;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Sim.Tests;

/// <summary>By itself, because it weighs the heap.</summary>
[CollectionDefinition(nameof(MillionTests), DisableParallelization = true)]
[Collection(nameof(MillionTests))]
public sealed class MillionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_million_guests_are_listed_without_a_second_copy()
    {
        await using var connection = await Bed.ConnectAsync("sim:?hosts=1000&guests=1000000&churn=0", Stop);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var guests = 0;
        var started = Stopwatch.StartNew();
        await foreach (var change in connection.WatchAsync(Stop))
        {
            if (change is Seen { Object: Guest })
                guests++;
            if (change is SnapshotComplete)
                break;
        }
        TestContext.Current.SendDiagnosticMessage("1,000,000 guests listed in {0} ms", started.ElapsedMilliseconds);
        Assert.Equal(1_000_000, guests);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8L << 20);
    }
}
