using System.Text.Json;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

/// <summary>What the inventory relies on: without these it shows what is not there, or loses what is.</summary>
public abstract partial class DriverConformance<TBed>
{
    [Fact]
    public async Task Listings_begin_and_end_one_after_another()
    {
        RequireBed();
        var before = Bed.Watch.Changes.Length;
        Bed.Connection.RequestRefresh();
        var begun = await Bed.Watch.SeenAsync<SnapshotBegin>(_ => true, after: before);
        await Bed.Watch.SeenAsync<SnapshotComplete>(_ => true, after: Bed.Watch.Changes.IndexOf(begun));
        var open = false;
        foreach (var change in Bed.Watch.Changes)
        {
            if (change is not (SnapshotBegin or SnapshotComplete))
                continue;
            Assert.True(open == change is SnapshotComplete, open ? "A listing begins inside another." : "A listing ends that did not begin.");
            open = !open;
        }
    }

    [Fact]
    public void Whatever_an_object_points_to_is_shown_too()
    {
        RequireBed();
        var hosts = Bed.Watch.All<Host>().Select(host => host.Name).ToHashSet(StringComparer.Ordinal);
        var clusters = Bed.Watch.All<Cluster>().Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        var guests = Bed.Watch.All<Guest>();
        Assert.All(guests, guest => Assert.True(guest.Host is null || hosts.Contains(guest.Host), $"{guest.Name} is on {guest.Host}, which is not shown"));
        Assert.All(guests, guest => Assert.True(guest.Cluster is null || clusters.Contains(guest.Cluster), $"{guest.Name} is in {guest.Cluster}, which is not shown"));
        var ids = guests.Select(guest => guest.Id).ToHashSet();
        Assert.All(Bed.Watch.All<Snapshot>(), snapshot => Assert.Contains(snapshot.Guest, ids));
    }

    [Fact]
    public void Every_guest_has_the_word_of_its_system_for_its_state()
    {
        RequireBed();
        Assert.All(Bed.Watch.All<Guest>(), guest => Assert.False(string.IsNullOrWhiteSpace(guest.Raw), guest.Name));
    }

    [Fact]
    public void What_a_system_says_beyond_the_model_is_a_JSON_document()
    {
        RequireBed();
        foreach (var seen in Bed.Watch.Now.Where(seen => !seen.Native.IsEmpty))
        {
            using var document = JsonDocument.Parse(seen.Native);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        }
    }

    [Fact]
    public async Task What_somebody_else_does_is_seen()
    {
        var power = Facet<IGuestPower>();
        await using var other = await Bed.Driver.ConnectAsync(Bed.Address, DriverBed.Context, Token);
        await WithGuestAsync(
            "others",
            async guest =>
            {
                Require(Verb.Start, guest);
                await ((IGuestPower)other).StartAsync(guest, Token);
                var on = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
                await power.StopAsync(on, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
            }
        );
    }

    [Fact]
    public async Task A_guest_keeps_its_identity_over_a_restart_and_for_a_new_connection()
    {
        var power = Facet<IGuestPower>();
        await WithGuestAsync(
            "identity",
            async guest =>
            {
                await StartAsync(power, guest);
                var on = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
                await power.StopAsync(on, Token);
                var off = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
                Assert.Equal((guest.Id, guest.NativeId), (on.Id, on.NativeId));
                Assert.Equal((guest.Id, guest.NativeId), (off.Id, off.NativeId));
                await using var again = await Bed.Driver.ConnectAsync(Bed.Address, DriverBed.Context, Token);
                await using var watch = new WatchReader(again);
                Assert.Equal(guest.Id, (await watch.GuestAsync(guest.Name, _ => true)).Id);
                Assert.Equal(guest.Id, (await again.ReadGuestAsync(guest.NativeId, Token))?.Id);
            }
        );
    }

    [Fact]
    public async Task A_watch_that_is_called_off_ends()
    {
        RequireBed();
        await using var connection = await Bed.Driver.ConnectAsync(Bed.Address, DriverBed.Context, Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var change in connection.WatchAsync(stop.Token).WithCancellation(Token))
                if (change is SnapshotComplete)
                    await stop.CancelAsync();
        });
    }
}
