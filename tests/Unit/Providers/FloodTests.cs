using Anyvisor.Core.Providers.Sessions;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

/// <summary>Weighs the heap, so nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(FloodTests), DisableParallelization = true)]
[Collection(nameof(FloodTests))]
public sealed class FloodTests
{
    private const int Changes = 1_000_000;
    private const int Guests = 1000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A million changes while nobody takes any: what waits is one state a guest.</summary>
    [Fact]
    public async Task A_flood_costs_one_state_a_guest_and_no_more()
    {
        var intake = new ChangeIntake(capacity: 16_384, mostPerSecond: int.MaxValue, TimeProvider.System);
        var natives = Enumerable.Range(0, Guests).Select(FakeGuests.Native).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Changes; i++)
            await intake.AddAsync(new GuestStateSeen(natives[i % Guests], i % 3 == 0 ? PowerState.On : PowerState.Off, Transition.None, "raw", ObservationSource.Event, default), Stop);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1 << 20);
        Assert.Equal((Guests, Changes - Guests), (intake.Pending, (int)intake.Shed));
        GC.KeepAlive(natives);
    }

    /// <summary>As many guests as changes: nothing coalesces, so the source waits.</summary>
    [Fact]
    public async Task A_flood_that_does_not_coalesce_waits_at_its_source()
    {
        var intake = new ChangeIntake(capacity: 1000, mostPerSecond: int.MaxValue, TimeProvider.System);
        var added = 0;
        var source = Task.Run(
            async () =>
            {
                for (var i = 0; i < 100_000; i++)
                {
                    await intake.AddAsync(FakeGuests.State(i, PowerState.On), Stop);
                    Interlocked.Increment(ref added);
                }
            },
            Stop
        );
        var taken = 0;
        while (taken < 100_000)
        {
            Assert.InRange(intake.Pending, 0, 1000);
            taken += (await intake.TakeAsync(TimeSpan.FromSeconds(30), Stop)).Count;
            Assert.InRange(Volatile.Read(ref added) - taken, int.MinValue, 1001);
        }
        await source;
        Assert.Equal((100_000, 0L), (taken, intake.Shed));
    }
}
