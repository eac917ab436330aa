using Anyvisor.Core.Providers.Sessions;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Anyvisor.Unit.Tests.Time;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

public sealed class ChangeIntakeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ChangeIntake Intake(int capacity = 100) => new(capacity, int.MaxValue, _clock);

    [Fact]
    public async Task States_of_one_guest_become_the_last_one_and_the_others_are_counted()
    {
        var intake = Intake();
        await intake.AddAsync(FakeGuests.State(1, PowerState.Off), Stop);
        await intake.AddAsync(FakeGuests.State(2, PowerState.Off), Stop);
        await intake.AddAsync(FakeGuests.State(1, PowerState.Paused), Stop);
        await intake.AddAsync(FakeGuests.State(1, PowerState.On), Stop);
        Assert.Equal([FakeGuests.State(1, PowerState.On), FakeGuests.State(2, PowerState.Off)], await intake.TakeAsync(Patience, Stop));
        Assert.Equal(2, intake.Shed);
    }

    [Fact]
    public async Task A_state_after_a_whole_record_is_put_into_it_and_its_native_document_stays()
    {
        var intake = Intake();
        await intake.AddAsync(new Seen(FakeGuests.One("lab", 1), new byte[] { 1 }), Stop);
        await intake.AddAsync(FakeGuests.State(1, PowerState.Crashed), Stop);
        await intake.AddAsync(new Seen(FakeGuests.One("lab", 1, PowerState.Paused) with { Name = "renamed" }), Stop);
        var seen = Assert.IsType<Seen>(Assert.Single(await intake.TakeAsync(Patience, Stop)));
        var guest = Assert.IsType<Guest>(seen.Object);
        Assert.Equal(("renamed", PowerState.Paused, 1), (guest.Name, guest.Power, seen.Native.Length));
    }

    [Fact]
    public async Task Nothing_moves_across_the_frame_of_a_listing()
    {
        var intake = Intake();
        Change[] changes =
        [
            new Seen(FakeGuests.One("lab", 1)),
            new SnapshotBegin([ObjectKind.Guest]),
            new Seen(FakeGuests.One("lab", 1)),
            new Seen(FakeGuests.One("lab", 1)),
            new SnapshotComplete(),
            FakeGuests.State(1, PowerState.Off),
        ];
        foreach (var change in changes)
            await intake.AddAsync(change, Stop);
        Assert.Equal(changes, await intake.TakeAsync(Patience, Stop));
    }

    [Fact]
    public async Task A_guest_that_went_and_came_back_keeps_its_order()
    {
        var intake = Intake();
        Change[] changes = [FakeGuests.State(1, PowerState.Off), new Gone(ObjectKind.Guest, FakeGuests.Native(1)), new Seen(FakeGuests.One("lab", 1))];
        foreach (var change in changes)
            await intake.AddAsync(change, Stop);
        Assert.Equal(changes, await intake.TakeAsync(Patience, Stop));
    }

    [Fact]
    public async Task When_it_is_full_the_source_waits_and_goes_on_when_there_is_room()
    {
        var intake = Intake(capacity: 2);
        await intake.AddAsync(FakeGuests.State(1, PowerState.On), Stop);
        await intake.AddAsync(FakeGuests.State(2, PowerState.On), Stop);
        var third = intake.AddAsync(FakeGuests.State(3, PowerState.On), Stop).AsTask();
        // What coalesces still gets in: it needs no room.
        await intake.AddAsync(FakeGuests.State(1, PowerState.Off), Stop);
        Assert.False(third.IsCompleted);
        Assert.Equal(2, (await intake.TakeAsync(Patience, Stop)).Count);
        await third;
        Assert.Equal([FakeGuests.State(3, PowerState.On)], await intake.TakeAsync(Patience, Stop));
    }

    [Fact]
    public async Task A_flood_waits_for_the_next_window()
    {
        var intake = new ChangeIntake(100, mostPerSecond: 100, _clock);
        for (var i = 0; i < 10; i++)
            await intake.AddAsync(FakeGuests.State(1, PowerState.On), Stop);
        var excess = intake.AddAsync(FakeGuests.State(1, PowerState.Off), Stop).AsTask();
        Assert.False(excess.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        await excess;
    }

    [Fact]
    public async Task Silence_is_a_timeout_and_the_end_comes_after_what_was_pending()
    {
        var intake = Intake();
        var silent = intake.TakeAsync(Patience, Stop).AsTask();
        _clock.Advance(Patience);
        await Assert.ThrowsAsync<TimeoutException>(() => silent);
        await intake.AddAsync(new Heartbeat(), Stop);
        intake.End(new InvalidOperationException("over"));
        Assert.Single(await intake.TakeAsync(Patience, Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(() => intake.TakeAsync(Patience, Stop).AsTask());
    }

    /// <summary>Whatever is shed, the guests end as they would have without it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20261122)]
    [InlineData(987654321)]
    public async Task Shedding_never_changes_how_it_ends(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var intake = Intake(capacity: 1000);
            var (all, taken) = (new List<Change>(), new List<Change>());
            for (var i = random.Next(60); i > 0; i--)
            {
                var change = AnyChange(random);
                all.Add(change);
                await intake.AddAsync(change, Stop);
                if (random.Next(10) == 0)
                    taken.AddRange(await intake.TakeAsync(Patience, Stop));
            }
            if (intake.Pending > 0)
                taken.AddRange(await intake.TakeAsync(Patience, Stop));
            Assert.Equal(Ends(all), Ends(taken));
        }
    }

    private static Change AnyChange(Random random)
    {
        var number = random.Next(4);
        var power = (PowerState)random.Next(6);
        return random.Next(12) switch
        {
            0 => new SnapshotBegin([ObjectKind.Guest]),
            1 => new SnapshotComplete(),
            2 => new Gone(ObjectKind.Guest, FakeGuests.Native(number)),
            3 or 4 or 5 => new Seen(FakeGuests.One("lab", number, power) with { Name = $"name{random.Next(5)}" }),
            6 => new Heartbeat(),
            _ => FakeGuests.State(number, power),
        };
    }

    /// <summary>A listing makes gone what it does not show, which is what makes its frame matter.</summary>
    private static List<string> Ends(List<Change> changes)
    {
        var guests = new SortedDictionary<string, (string Name, PowerState Power)>(StringComparer.Ordinal);
        HashSet<string>? shown = null;
        foreach (var change in changes)
            switch (change)
            {
                case SnapshotBegin:
                    shown = [];
                    break;
                case Seen { Object: Guest guest }:
                    guests[guest.NativeId.ToString()] = (guest.Name, guest.Power);
                    shown?.Add(guest.NativeId.ToString());
                    break;
                case GuestStateSeen state when guests.TryGetValue(state.Guest.ToString(), out var known):
                    guests[state.Guest.ToString()] = (known.Name, state.Power);
                    break;
                case Gone gone:
                    guests.Remove(gone.NativeId.ToString());
                    break;
                case SnapshotComplete when shown is not null:
                    foreach (var name in guests.Keys.Except(shown).ToList())
                        guests.Remove(name);
                    shown = null;
                    break;
            }
        return [.. guests.Select(guest => $"{guest.Key} {guest.Value.Name} {guest.Value.Power}")];
    }
}
