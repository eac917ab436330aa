using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.PowerVm.Simulator;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Simulated;

/// <summary>A console that is slow, breaks off, sends rubbish, forgets sessions and loses events.</summary>
public sealed class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_wrong_power_state_is_ever_shown_and_no_guest_is_made_up()
    {
        await using var console = await SimulatedConsole.StartAsync(2, 30, ["drop=0.03", "garbage=0.05", "slow=0.2@5ms"]);
        var changes = await WatchThroughFaultsAsync(console, listings: 4);
        var truth = console.Server.Estate.Partitions.Values.ToDictionary(p => new NativeId(p.Uuid), p => p.On ? PowerState.On : PowerState.Off);
        foreach (var seen in changes.OfType<Seen>())
            if (seen.Object is Guest guest)
                Assert.True(truth.TryGetValue(guest.NativeId, out var power) && (guest.Power == power || guest.Power == PowerState.Unknown), $"{guest.Name} ({guest.NativeId}): {guest.Raw}");
        Assert.DoesNotContain(changes, change => change is Gone);
    }

    /// <summary>Watches until there were so many whole listings. As a session does, it makes a line anew that broke.</summary>
    private static async Task<List<Change>> WatchThroughFaultsAsync(SimulatedConsole console, int listings)
    {
        var changes = new List<Change>();
        for (var lines = 0; listings > 0; lines++)
        {
            Assert.True(lines < 30, "Thirty lines broke: the faults leave no room for a listing.");
            try
            {
                await using var connection = await ConnectAsync(console, "1");
                await using var watch = new WatchReader(connection);
                try
                {
                    for (var seen = 0; listings > 0; listings--)
                    {
                        await watch.SeenAsync<SnapshotComplete>(_ => true, after: seen);
                        seen = watch.Changes.Length;
                        connection.RequestRefresh();
                    }
                }
                catch (InvalidOperationException e) when (e.InnerException is ProviderException)
                {
                    // The watch says that its line broke.
                }
                changes.AddRange(watch.Changes);
            }
            catch (ProviderException)
            {
                // It could not even sign in.
            }
        }
        return changes;
    }

    [Fact]
    public async Task A_verb_that_is_reported_done_was_done()
    {
        await using var console = await SimulatedConsole.StartAsync(1, 6, ["drop=0.05", "garbage=0.03"]);
        await using var connection = await ConnectAsync(console, "300");
        var power = (IGuestPower)connection;
        var (done, failed) = (0, 0);
        foreach (var partition in console.Server.Estate.Partitions.Values.Where(p => !p.IsVios).ToList())
            for (var turn = 0; turn < 4; turn++)
            {
                var start = partition.State == "not activated";
                try
                {
                    var guest = await connection.ReadGuestAsync(new NativeId(partition.Uuid), Token);
                    await (start ? power.StartAsync(guest!, Token) : power.StopAsync(guest!, Token));
                    done++;
                    Assert.Equal(start, partition.On);
                }
                catch (ProviderException)
                {
                    failed++; // It may have been done or not: nobody was told that it was.
                }
            }
        Assert.True(done > failed, $"{done} done, {failed} failed");
    }

    [Fact]
    public async Task What_a_lost_event_hid_the_next_listing_shows()
    {
        await using var console = await SimulatedConsole.StartAsync(1, 5, ["lose-events=1"]);
        await using var connection = await ConnectAsync(console, "1");
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        var guest = Flip(console);
        await watch.GuestAsync(guest.Name, g => g.Power == (guest.On ? PowerState.On : PowerState.Off));
    }

    [Fact]
    public async Task Sessions_that_are_forgotten_are_renewed_once_each_and_signed_off_at_the_end()
    {
        await using var console = await SimulatedConsole.StartAsync(2, 20, ["expire-session=700ms"], ("sessions", "1"));
        await using (var connection = await ConnectAsync(console, "1"))
        {
            await using var watch = new WatchReader(connection);
            await watch.ListedAsync();
            for (var round = 0; round < 3; round++)
                await watch.SeenAsync<SnapshotComplete>(_ => true, after: watch.Changes.Length);
            Assert.True(console.Server.Sessions.SignIns is > 1 and < 60, $"{console.Server.Sessions.SignIns} sign-ins");
            Assert.True(console.Server.Sessions.Count <= 1);
        }
        Assert.Equal(0, console.Server.Sessions.Count);
    }

    [Fact]
    public async Task Missing_events_are_a_listing_anew()
    {
        await using var console = await SimulatedConsole.StartAsync(1, 5);
        await using var connection = await ConnectAsync(console, "300");
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        foreach (var word in new[] { "MISSING_EVENTS", "CACHE_CLEARED" })
        {
            var before = watch.Changes.Length;
            console.Server.Estate.Events.Tell(word, "", "");
            await watch.SeenAsync<SnapshotComplete>(_ => true, after: before);
        }
    }

    [Fact]
    public async Task A_system_that_loses_its_connection_keeps_its_partitions_and_makes_none_missing()
    {
        await using var console = await SimulatedConsole.StartAsync(2, 10);
        await using var connection = await ConnectAsync(console, "300");
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        var lost = console.Server.Estate.Systems[1];
        var count = watch.All<Guest>().Count;
        var before = watch.Changes.Length;
        lost.State = "no connection";
        console.Server.Estate.Events.Tell("MODIFY_URI", $"/rest/api/uom/ManagedSystem/{lost.Uuid:D}", "State");
        var begun = await watch.SeenAsync<SnapshotBegin>(_ => true, after: before);
        await watch.SeenAsync<SnapshotComplete>(_ => true, after: before);
        Assert.DoesNotContain(ObjectKind.Guest, begun.Kinds);
        Assert.Contains(watch.All<Host>(), host => host.Name == lost.Name && host is { State: HostState.Unknown, Concerns.Length: > 0 });
        Assert.Equal(count, watch.All<Guest>().Count);
        Assert.All(watch.All<Guest>().Where(guest => guest.Host == lost.Name), guest => Assert.Equal(PowerState.Unknown, guest.Power));
        Assert.All(watch.All<Guest>().Where(guest => guest.Host != lost.Name), guest => Assert.NotEqual(PowerState.Unknown, guest.Power));
    }

    [Fact]
    public async Task A_console_with_a_system_that_never_connected_still_comes_in()
    {
        await using var console = await SimulatedConsole.StartAsync(2, 10, null, ("unconnected", "1"));
        await using var connection = await ConnectAsync(console, "300");
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        Assert.Equal(2, watch.All<Host>().Count);
        Assert.DoesNotContain(ObjectKind.Guest, Assert.IsType<SnapshotBegin>(watch.Changes[0]).Kinds);
        Assert.Equal(7, watch.All<Guest>().Count);
    }

    [Fact]
    public async Task At_most_four_calls_are_in_flight()
    {
        await using var console = await SimulatedConsole.StartAsync(4, 60, ["slow=10ms"]);
        await using var connection = await ConnectAsync(console, "300");
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        _ = await Task.WhenAll(watch.All<Guest>().Select(guest => connection.ReadGuestAsync(guest.NativeId, Token)));
        Assert.InRange(console.Server.MostInFlight, 2, 4);
    }

    [Fact]
    public async Task A_wrong_password_is_AuthenticationFailed_and_too_many_sessions_are_said()
    {
        await using var console = await SimulatedConsole.StartAsync(1, 1, null, ("sessions", "1"));
        var address = console.Address;
        var e = await Assert.ThrowsAsync<ProviderException>(() => new Plugin().ConnectAsync(address with { Password = new Secret("wrong") }, DriverBed.Context, Token));
        Assert.Equal((ProviderError.AuthenticationFailed, "REST0043"), (e.Error, e.NativeCode));
        await using var connection = await ConnectAsync(console, "300");
        e = await Assert.ThrowsAsync<ProviderException>(() => new Plugin().ConnectAsync(address, DriverBed.Context, Token));
        Assert.Contains("maximum number of sessions", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_certificate_is_refused_before_anything_is_sent()
    {
        await using var console = await SimulatedConsole.StartAsync(1, 1);
        var address = console.Address;
        var e = await Assert.ThrowsAsync<ProviderException>(() => new Plugin().ConnectAsync(address with { Settings = address.Settings.SetItem("thumbprint", new string('A', 64)) }, DriverBed.Context, Token));
        Assert.Contains(new string('A', 64), e.Message, StringComparison.Ordinal);
        Assert.Equal(0, console.Server.Sessions.SignIns);
        Assert.Empty(console.Server.Calls);
    }

    internal static Task<IProviderConnection> ConnectAsync(SimulatedConsole console, string relist) =>
        new Plugin().ConnectAsync(console.Address with { Settings = console.Address.Settings.SetItem("relist", relist) }, DriverBed.Context, Token);

    /// <summary>Somebody at the console starts or stops a partition.</summary>
    private static SimPartition Flip(SimulatedConsole console)
    {
        var estate = console.Server.Estate;
        lock (estate.Gate)
        {
            var guest = estate.Partitions.Values.First(p => !p.IsVios);
            estate.To(guest, guest.On ? "not activated" : "running");
            return guest;
        }
    }
}
