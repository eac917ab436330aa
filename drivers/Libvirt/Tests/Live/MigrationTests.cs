using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>Between two real libvirt hosts. Guests have no operating system: what is proven is where they run.</summary>
public sealed class MigrationTests
{
    private const string SecondHost = "ANYVISOR_TEST_LIBVIRT_URI_2";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<(Connection Connection, WatchReader Watch)> ConnectAsync(string provider, string url, string migration = "managed")
    {
        var settings = ImmutableDictionary<string, string>.Empty.Add("migration-address", "127.0.0.1").Add("migration", migration);
        var connection = await Connection.OpenAsync(new ProviderAddress { Provider = provider, Url = url, Settings = settings }, DriverBed.Context, Token);
        var watch = new WatchReader(connection);
        await watch.ListedAsync();
        return (connection, watch);
    }

    private static string Second()
    {
        var url = Environment.GetEnvironmentVariable(SecondHost);
        Assert.SkipWhen(string.IsNullOrEmpty(url), $"{SecondHost} names no second libvirtd; ./test starts one.");
        return url!;
    }

    private static async Task<Guest> MakeAsync(Connection on, WatchReader watch, CreateGuest request)
    {
        var task = PlanRunner.NewTask();
        await new PlanRunner(on, task).RunAsync(await on.PlanCreateAsync(request, task, Token), Token);
        return await watch.GuestAsync(request.Name, g => g.Power == (request.Start ? PowerState.On : PowerState.Off));
    }

    private static async Task DeleteAsync(Connection on, Guest guest) =>
        await new PlanRunner(on, "cleanup").RunAsync(await on.PlanDeleteAsync(guest, keepDisks: false, "cleanup", Token), Token);

    private static async Task<Guest> MigrateAsync(Connection from, WatchReader fromWatch, Connection to, WatchReader toWatch, Guest guest, bool live, bool withStorage)
    {
        var target = toWatch.All<Host>()[0];
        var task = PlanRunner.NewTask();
        var plan = await from.PlanMigrateAsync(guest, target, to, new MigrateGuest(target.Name, live, withStorage), task, Token);
        Assert.DoesNotContain(plan.Concerns, c => c.Severity == ConcernSeverity.Critical);
        var runner = new PlanRunner(from, task) { Peer = to };
        Assert.Equal(WorkStepState.NotDone, (await runner.InspectAsync(plan, Token))[0]);
        await runner.RunTwiceAsync(plan, Token);
        await fromWatch.SeenAsync<Gone>(g => g.NativeId == guest.NativeId);
        Assert.Null(await from.ReadGuestAsync(guest.NativeId, Token));
        return await toWatch.GuestAsync(guest.Name, g => g.Power == (live ? PowerState.On : PowerState.Off));
    }

    [Theory]
    [InlineData("managed")]
    [InlineData("peer-to-peer")]
    public async Task A_running_guest_goes_to_the_other_host_and_comes_back_off(string migration)
    {
        var (a, aWatch) = await ConnectAsync("a", LiveBed.Url("qemu"), migration);
        var (b, bWatch) = await ConnectAsync("b", Second());
        await using var one = a;
        await using var two = b;
        await using var three = aWatch;
        await using var four = bWatch;
        var guest = await MakeAsync(a, aWatch, new CreateGuest { Name = Lab.NewName("mig"), Provider = "a", Vcpus = 1, Memory = 64 << 20, Networks = ["user"], Start = true });
        var there = await MigrateAsync(a, aWatch, b, bWatch, guest, live: true, withStorage: false);
        Assert.Equal(guest.Nics[0].Mac, there.Nics[0].Mac);
        await b.StopAsync(there, Token);
        there = await bWatch.GuestAsync(there.Name, g => g.Power == PowerState.Off);
        var seen = aWatch.Changes.Length;
        Assert.True(seen > 0);
        var task = PlanRunner.NewTask();
        var home = aWatch.All<Host>()[0];
        var plan = await b.PlanMigrateAsync(there, home, a, new MigrateGuest(home.Name), task, Token);
        await new PlanRunner(b, task) { Peer = a }.RunTwiceAsync(plan, Token);
        var back = await aWatch.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
        Assert.Null(await b.ReadGuestAsync(there.NativeId, Token));
        await DeleteAsync(a, back);
    }

    [Fact]
    public async Task A_running_guest_goes_with_its_disk_and_leaves_none_behind()
    {
        var (a, aWatch) = await ConnectAsync("a", LiveBed.Url("qemu"));
        var (b, bWatch) = await ConnectAsync("b", Second());
        await using var one = a;
        await using var two = b;
        await using var three = aWatch;
        await using var four = bWatch;
        // So that the other host has the pool that the disk goes to.
        await DeleteAsync(b, await MakeAsync(b, bWatch, new CreateGuest { Name = Lab.NewName("pool"), Provider = "b", Vcpus = 1, Memory = 64 << 20, Disk = 1 << 20 }));
        var guest = await MakeAsync(a, aWatch, new CreateGuest { Name = Lab.NewName("disk"), Provider = "a", Vcpus = 1, Memory = 64 << 20, Disk = 8 << 20, Networks = ["user"], Start = true });
        var target = bWatch.All<Host>()[0];
        var without = await a.PlanMigrateAsync(guest, target, b, new MigrateGuest(target.Name, Live: true), "t", Token);
        Assert.Contains(without.Concerns, c => c is { Id: "libvirt.disk-not-there", Severity: ConcernSeverity.Critical });
        var disk = guest.Disks[0].Source!;
        var there = await MigrateAsync(a, aWatch, b, bWatch, guest, live: true, withStorage: true);
        Assert.Equal(disk, there.Disks[0].Source);
        Assert.Null(await a.Daemon.Storage.FindByPathAsync(disk, Token));
        await DeleteAsync(b, there);
        Assert.Null(await b.Daemon.Storage.FindByPathAsync(disk, Token));
    }
}
