using System.Collections.Immutable;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.VCloud.Tests.Simulated;

/// <summary>What the conformance suite does not ask: one snapshot, vApps of several machines, sign-in, faults.</summary>
public sealed class VerbTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_has_one_snapshot_with_the_name_it_was_given()
    {
        await using var bed = await Bed.StartAsync();
        var guest = bed.Watch.All<Guest>().First(guest => guest.Power == PowerState.Off);
        var snapshots = (IGuestSnapshots)bed.Connection;
        await new PlanRunner(snapshots, "t1").RunTwiceAsync(await snapshots.PlanSnapshotAsync(guest, new CreateSnapshot("one", "before"), "t1", Token), Token);
        var taken = await bed.Watch.ObjectAsync<Snapshot>(snapshot => snapshot.Guest == guest.Id && snapshot is { Name: "one", Description: "before", Current: true });
        Assert.DoesNotContain(bed.Watch.All<Guest>().First(one => one.Id == guest.Id).Tags.Keys, key => key.StartsWith("anyvisor", StringComparison.Ordinal));
        var e = await Assert.ThrowsAsync<ProviderException>(() => snapshots.PlanSnapshotAsync(guest, new CreateSnapshot("two"), "t2", Token));
        Assert.Equal((ProviderError.Conflict, "one-snapshot"), (e.Error, e.NativeCode));
        await ((IGuestResize)bed.Connection).ResizeAsync(guest, guest.Vcpus + 1, null, Token);
        await new PlanRunner(snapshots, "t3").RunTwiceAsync(await snapshots.PlanRevertAsync(guest, taken, "t3", Token), Token);
        _ = await bed.Watch.GuestAsync(guest.Name, one => one.Vcpus == guest.Vcpus);
        await new PlanRunner(snapshots, "t4").RunTwiceAsync(await snapshots.PlanSnapshotDeleteAsync(guest, taken, "t4", Token), Token);
        _ = await bed.Watch.SeenAsync<Gone>(gone => gone.NativeId == taken.NativeId);
    }

    [Fact]
    public async Task A_guest_shows_its_vApp_and_goes_out_of_it_without_the_others()
    {
        await using var bed = await Bed.StartAsync();
        var shared = bed.Watch.All<Guest>().Where(guest => guest.Tags.ContainsKey("vapp")).GroupBy(guest => guest.Tags["vapp"]).First(vapp => vapp.Count() > 1);
        var guest = shared.First();
        if (guest.Power != PowerState.Off)
            await ((IGuestPower)bed.Connection).StopAsync(guest, Token);
        guest = await bed.Watch.GuestAsync(guest.Name, one => one.Power == PowerState.Off);
        var delete = (IGuestDelete)bed.Connection;
        await new PlanRunner(delete, "d").RunTwiceAsync(await delete.PlanDeleteAsync(guest, keepDisks: false, "d", Token), Token);
        _ = await bed.Watch.SeenAsync<Gone>(gone => gone.NativeId == guest.NativeId);
        Assert.Equal(shared.Count() - 1, bed.Watch.All<Guest>().Count(one => one.Tags.GetValueOrDefault("vapp") == shared.Key));
    }

    [Fact]
    public async Task A_guest_that_was_started_since_its_deletion_was_planned_is_not_switched_off_for_it()
    {
        await using var bed = await Bed.StartAsync();
        var guest = bed.Watch.All<Guest>().First(guest => guest.Power == PowerState.Off);
        var delete = (IGuestDelete)bed.Connection;
        var plan = await delete.PlanDeleteAsync(guest, keepDisks: false, "d", Token);
        await ((IGuestPower)bed.Connection).StartAsync(guest, Token);

        var e = await Assert.ThrowsAsync<ProviderException>(() => new PlanRunner(delete, "d").RunAsync(plan, Token));

        Assert.Equal(ProviderError.Conflict, e.Error);
        _ = await bed.Watch.GuestAsync(guest.Name, one => one.Power == PowerState.On);
    }

    [Fact]
    public async Task An_API_token_signs_in_without_a_user()
    {
        await using var cloud = await SimulatedCloud.StartAsync(1, 2);
        var address = cloud.Address with { User = null, Password = null, Settings = cloud.Address.Settings.Add("org", "acme"), Secrets = ImmutableDictionary<string, Secret>.Empty.Add("api-token", new Secret(cloud.Password)) };
        await using var connection = await new Plugin().ConnectAsync(address, DriverBed.Context, Token);
        Assert.Equal("API 37.0", connection.About.Version);
        var e = await Assert.ThrowsAsync<ProviderException>(() => new Plugin().ConnectAsync(cloud.Address with { Password = new Secret("wrong") }, DriverBed.Context, Token));
        Assert.Equal(ProviderError.AuthenticationFailed, e.Error);
        Assert.Contains("acme", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_opens_by_a_ticket_and_speaks_RFB()
    {
        await using var bed = await Bed.StartAsync();
        var guest = bed.Watch.All<Guest>().First(guest => guest.Power == PowerState.On);
        await using var stream = await ((IGuestConsole)bed.Connection).OpenConsoleAsync(guest, ConsoleKind.Vnc, Token);
        var hello = new byte[12];
        await stream.ReadExactlyAsync(hello, Token);
        Assert.Equal("RFB 003.008\n", Encoding.ASCII.GetString(hello));
    }

    [Fact]
    public async Task A_listing_over_a_bad_line_is_whole()
    {
        await using var cloud = await SimulatedCloud.StartAsync(2, 40, "drop=0.02", "garbage=0.02");
        await using var connection = await new Plugin().ConnectAsync(cloud.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        _ = await watch.ListedAsync();
        Assert.Equal(40, watch.All<Guest>().Count);
    }

    /// <summary>A cloud with a connection and its watch.</summary>
    private sealed class Bed(SimulatedCloud cloud, IProviderConnection connection, WatchReader watch) : IAsyncDisposable
    {
        public IProviderConnection Connection => connection;
        public WatchReader Watch => watch;

        public static async Task<Bed> StartAsync()
        {
            var cloud = await SimulatedCloud.StartAsync(2, 16);
            var connection = await new Plugin().ConnectAsync(cloud.Address, DriverBed.Context, Token);
            var watch = new WatchReader(connection);
            _ = await watch.ListedAsync();
            return new Bed(cloud, connection, watch);
        }

        public async ValueTask DisposeAsync()
        {
            await watch.DisposeAsync();
            await connection.DisposeAsync();
            await cloud.DisposeAsync();
        }
    }
}
