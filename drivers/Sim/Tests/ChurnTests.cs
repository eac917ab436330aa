using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Drivers.Sim.Options;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Sim.Tests;

public sealed class ChurnTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static (List<Change> Changes, SimEstate Estate) Churned(int seconds, string url)
    {
        Assert.Null(SimUrl.TryParse(url, out var options));
        var clock = new Clock();
        var estate = new SimEstate("big", options, clock);
        using var watcher = estate.Watch();
        var changes = new List<Change>();
        for (var i = 0; i < seconds * 10; i++)
        {
            clock.Now += TimeSpan.FromMilliseconds(100);
            estate.Advance();
            while (watcher.TryTake(out var change))
                changes.Add(change);
        }
        return (changes, estate);
    }

    [Fact]
    public void There_are_as_many_changes_a_second_as_were_asked_for_and_of_every_sort()
    {
        var (changes, _) = Churned(20, "sim:?hosts=50&guests=5000&churn=500");
        Assert.InRange(changes.Count, 9_900, 10_000);
        Assert.InRange(changes.OfType<GuestStateSeen>().Count(), 6_000, 8_000);
        Assert.NotEmpty(changes.OfType<Gone>());
        Assert.NotEmpty(changes.OfType<Seen>());
    }

    [Fact]
    public void The_same_seed_churns_the_same()
    {
        static List<string> Told(List<Change> changes) => [.. changes.Select(change => change switch { Seen { Object: Guest guest } => $"{guest.Name} {guest.Host} {guest.Memory}", _ => change.ToString()! })];

        Assert.Equal(Told(Churned(5, "sim:?guests=500&churn=100").Changes), Told(Churned(5, "sim:?guests=500&churn=100").Changes));
    }

    /// <summary>Whoever follows the changes ends with what a listing shows, with nobody twice and no stranger.</summary>
    [Fact]
    public void Listing_and_changes_agree()
    {
        Assert.Null(SimUrl.TryParse("sim:?hosts=10&guests=300&churn=200", out var options));
        var clock = new Clock();
        var estate = new SimEstate("big", options, clock);
        using var watcher = estate.Watch();
        var known = new Dictionary<NativeId, (string Name, PowerState Power, string? Host, long Memory)>();
        void Take(Change change)
        {
            switch (change)
            {
                case Seen { Object: Guest guest }:
                    known[guest.NativeId] = (guest.Name, guest.Power, guest.Host, guest.Memory);
                    break;
                case GuestStateSeen state:
                    known[state.Guest] = known[state.Guest] with { Power = state.Power };
                    break;
                case Gone gone:
                    Assert.True(known.Remove(gone.NativeId));
                    break;
            }
        }

        foreach (var change in estate.List(half: false))
            Take(change);
        for (var i = 0; i < 600; i++)
        {
            clock.Now += TimeSpan.FromMilliseconds(100);
            estate.Advance();
            while (watcher.TryTake(out var change))
                Take(change);
        }
        var listed = estate.List(half: false).Of<Guest>().ToDictionary(guest => guest.NativeId, guest => (guest.Name, guest.Power, guest.Host, guest.Memory));
        Assert.Equal(listed.OrderBy(guest => guest.Value.Name), known.OrderBy(guest => guest.Value.Name));
        for (var host = 0; host < options.Hosts; host++)
        {
            var name = estate.Layout.HostNames[host];
            Assert.Equal(listed.Values.Where(guest => guest.Host == name && guest.Power is PowerState.On or PowerState.Paused && guest.Host == name).Sum(guest => guest.Memory), estate.UsedMemory(host));
        }
    }

    [Theory]
    [InlineData("auth", ProviderError.AuthenticationFailed)]
    [InlineData("refuse", ProviderError.Unreachable)]
    public async Task Faults_at_connect(string fault, ProviderError error)
    {
        var exception = await Assert.ThrowsAsync<ProviderException>(() => Bed.ConnectAsync($"sim:?guests=5&fault={fault}", Stop));
        Assert.Equal(error, exception.Error);
    }

    [Theory]
    [InlineData("drop", ProviderError.Unreachable)]
    [InlineData("garbage", ProviderError.ProtocolViolation)]
    public async Task Faults_on_the_watch(string fault, ProviderError error)
    {
        await using var connection = await Bed.ConnectAsync($"sim:?guests=5&fault={fault}@200ms", Stop);
        var exception = await Assert.ThrowsAsync<ProviderException>(async () =>
        {
            await foreach (var _ in connection.WatchAsync(Stop)) { }
        });
        Assert.Equal(error, exception.Error);
    }

    [Fact]
    public async Task A_lying_listing_is_framed_like_a_true_one()
    {
        await using var connection = await Bed.ConnectAsync("sim:?guests=100&churn=0&fault=empty", Stop);
        var (listings, guests) = (0, new[] { 0, 0 });
        await foreach (var change in connection.WatchAsync(Stop))
        {
            if (change is Seen { Object: Guest })
                guests[listings]++;
            if (change is SnapshotComplete && ++listings == 2)
                break;
            if (change is SnapshotComplete)
                connection.RequestRefresh();
        }
        Assert.Equal([100, 0], guests);
    }
}
