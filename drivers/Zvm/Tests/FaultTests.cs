using System.Collections.Immutable;
using System.Net;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Zvm.Simulator;
using Anyvisor.Drivers.Zvm.Simulator.Estate;
using Anyvisor.Drivers.Zvm.Tests.Conformance;
using Anyvisor.Model;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Drivers.Zvm.Tests;

/// <summary>
/// Lines that break and answers that are damaged: whatever is shown is true, and what is said to be done is done. What
/// fails, fails with a cause; the watch ends and is begun again, as the server does it.
/// </summary>
public sealed class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("feilong", "drop=0.05")]
    [InlineData("feilong", "garbage=0.05")]
    [InlineData("smapi", "drop=0.05")]
    [InlineData("smapi", "garbage=0.05")]
    public async Task No_guest_is_shown_in_a_state_that_it_is_not_in(string way, string fault)
    {
        await using var simulation = await StartAsync(way, fault);
        var (truth, seen) = (Truth(simulation), 0);
        for (var listings = 0; listings < 5;)
            try
            {
                await using var connection = await new ZvmDriver().ConnectAsync(ZvmBed.AddressOf(simulation.Address), ZvmBed.Context, Token);
                await foreach (var change in connection.WatchAsync(Token))
                {
                    if (change is Seen { Object: Guest guest })
                    {
                        // A damaged name may be that of nobody: nobody is never shown.
                        Assert.True(truth.TryGetValue(guest.Name, out var on), $"{guest.Name} is shown and does not exist");
                        Assert.True(guest.Power == (on ? PowerState.On : PowerState.Off) || guest.Power == PowerState.Unknown, $"{guest.Name} is {(on ? "on" : "off")} and is shown as {guest.Power} ('{guest.Raw}')");
                        seen++;
                    }
                    if (change is SnapshotComplete)
                    {
                        listings++;
                        connection.RequestRefresh();
                    }
                    if (listings >= 5)
                        break;
                }
            }
            catch (ProviderException e)
            {
                Assert.True(e.Error is ProviderError.Unreachable or ProviderError.ProtocolViolation or ProviderError.ProviderFault or ProviderError.AuthenticationFailed or ProviderError.NotFound or ProviderError.InvalidArgument or ProviderError.TimedOut or ProviderError.Conflict, e.Message);
            }
        Assert.True(seen > 50, $"{seen} guests were shown");
    }

    [Theory]
    [InlineData("feilong")]
    [InlineData("smapi")]
    public async Task A_listing_says_off_of_those_alone_that_the_hypervisor_was_asked_about(string way)
    {
        await using var simulation = await StartAsync(way, null);
        await using var connection = await new ZvmDriver().ConnectAsync(ZvmBed.AddressOf(simulation.Address), ZvmBed.Context, Token);
        await using var watch = new Drivers.Conformance.WatchReader(connection);
        await watch.ListedAsync();
        var off = watch.Changes.OfType<Seen>().Select(seen => seen.Object as Guest).Where(guest => guest is { Power: PowerState.Off, Lifecycle: Lifecycle.Provisioned }).ToList();
        Assert.NotEmpty(off);
        Assert.All(off, guest => Assert.Equal(ObservationSource.Poll, guest!.Source));
    }

    [Theory]
    [InlineData("feilong")]
    [InlineData("smapi")]
    public async Task A_verb_that_is_said_to_be_done_is_done(string way)
    {
        await using var simulation = await StartAsync(way, "drop=0.1");
        var estate = ((ZvmSimulation)simulation).Estate;
        var (done, failed) = (0, 0);
        for (var turn = 0; turn < 60; turn++)
            try
            {
                await using var connection = await new ZvmDriver().ConnectAsync(ZvmBed.AddressOf(simulation.Address), ZvmBed.Context, Token);
                for (; turn < 60; turn++)
                {
                    var name = $"LNX0000{turn % 8}";
                    if (await connection.ReadGuestAsync(new NativeId(name), Token) is not { } guest)
                        continue;
                    var start = guest.Power == PowerState.Off;
                    await (start ? ((IGuestPower)connection).StartAsync(guest, Token) : ((IGuestPower)connection).StopAsync(guest, Token));
                    Assert.Equal(start, estate.Locked(e => e.Find(name)!.RunsOn is not null));
                    done++;
                }
            }
            catch (ProviderException)
            {
                failed++;
            }
        Assert.True(done > 5 && failed > 0, $"{done} done, {failed} failed");
    }

    [Fact]
    public async Task A_state_that_somebody_else_changes_shows_within_five_seconds()
    {
        await using var simulation = await StartAsync("feilong", null);
        var estate = ((ZvmSimulation)simulation).Estate;
        var address = ZvmBed.AddressOf(simulation.Address);
        await using var connection = await new ZvmDriver().ConnectAsync(address with { Settings = address.Settings.Remove("poll") }, ZvmBed.Context, Token);
        await using var watch = new Drivers.Conformance.WatchReader(connection);
        await watch.ListedAsync();
        var before = watch.All<Guest>().First(guest => guest is { Service: false, Power: PowerState.On });
        var began = TimeProvider.System.GetTimestamp();
        estate.Locked(e =>
        {
            ZvmEstate.LogOff(e.Find(before.Name)!);
            return 0;
        });
        await watch.GuestAsync(before.Name, guest => guest.Power == PowerState.Off);
        TestContext.Current.TestOutputHelper?.WriteLine($"{TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.Equal(2, connection.About.Freshness.PollSeconds);
    }

    [Fact]
    public async Task A_member_without_a_line_makes_off_unknown_and_says_why()
    {
        await using var simulation = await new ZvmSimulator().StartAsync(Options("feilong", null) with { Hosts = 2 }, Token);
        var address = ZvmBed.AddressOf(simulation.Address);
        await using var connection = await new ZvmDriver().ConnectAsync(address with { Settings = address.Settings.Remove("members") }, ZvmBed.Context, Token);
        await using var watch = new Drivers.Conformance.WatchReader(connection);
        await watch.ListedAsync();
        Assert.Equal(2, watch.All<Host>().Count);
        Assert.DoesNotContain(watch.All<Guest>(), guest => guest.Power == PowerState.Off);
        Assert.All(watch.All<Guest>().Where(guest => guest.Power == PowerState.Unknown), guest => Assert.Equal("zvm.member-unseen", Assert.Single(guest.Concerns).Id));
    }

    [Theory]
    [InlineData("feilong")]
    [InlineData("smapi")]
    public async Task A_guest_that_can_t_be_relocated_says_why_before_anything_is_done(string way)
    {
        await using var simulation = await new ZvmSimulator().StartAsync(Options(way, null) with { Hosts = 2, Guests = 60 }, Token);
        var estate = ((ZvmSimulation)simulation).Estate;
        await using var connection = await new ZvmDriver().ConnectAsync(ZvmBed.AddressOf(simulation.Address), ZvmBed.Context, Token);
        await using var watch = new Drivers.Conformance.WatchReader(connection);
        await watch.ListedAsync();
        var bound = estate.Locked(e => e.Users.First(user => user is { Bound: not null, RunsOn: not null, RegisteredOn: not null }).Id);
        var guest = watch.All<Guest>().Single(known => known.Name == bound);
        var target = watch.All<Host>().First(host => host.Name != guest.Host);
        var plan = await ((IGuestMigrate)connection).PlanMigrateAsync(guest, target, null, new MigrateGuest(target.Name, Live: true), "t", Token);
        var concern = Assert.Single(plan.Concerns);
        Assert.Equal((ConcernSeverity.Critical, "zvm.not-relocatable"), (concern.Severity, concern.Id));
        Assert.Contains(way == "smapi" ? "HCP 1940" : "HCPRLH1940E", concern.Assessment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("feilong")]
    [InlineData("smapi")]
    public async Task A_running_guest_is_relocated_once_however_often_the_step_is_run(string way)
    {
        await using var simulation = await new ZvmSimulator().StartAsync(Options(way, null) with { Hosts = 2, Guests = 60 }, Token);
        var estate = ((ZvmSimulation)simulation).Estate;
        await using var connection = await new ZvmDriver().ConnectAsync(ZvmBed.AddressOf(simulation.Address), ZvmBed.Context, Token);
        await using var watch = new Drivers.Conformance.WatchReader(connection);
        await watch.ListedAsync();
        var free = estate.Locked(e => e.Users.First(user => user is { Bound: null, RunsOn: not null, RegisteredOn: not null } && user.Id.StartsWith("LNX", StringComparison.Ordinal)).Id);
        var guest = watch.All<Guest>().Single(known => known.Name == free);
        var target = watch.All<Host>().First(host => host.Name != guest.Host);
        var plan = await ((IGuestMigrate)connection).PlanMigrateAsync(guest, target, null, new MigrateGuest(target.Name, Live: true), "t", Token);
        Assert.Empty(plan.Concerns);
        await new Drivers.Conformance.PlanRunner((Driver.Work.IWorkSteps)connection, "t").RunTwiceAsync(plan, Token);
        Assert.Equal(target.Name, estate.Locked(e => e.Members[e.Find(free)!.RunsOn!.Value].Name));
        await watch.GuestAsync(free, known => known.Host == target.Name && known.Power == PowerState.On);
    }

    [Fact]
    public async Task The_management_API_tells_what_a_running_guest_has_and_not_only_what_the_directory_gives_it()
    {
        await using var simulation = await StartAsync("smapi", null);
        await using var connection = await new ZvmDriver().ConnectAsync(ZvmBed.AddressOf(simulation.Address), ZvmBed.Context, Token);
        await using var watch = new Drivers.Conformance.WatchReader(connection);
        await watch.ListedAsync();
        var guest = watch.All<Guest>().First(known => known is { Service: false, Power: PowerState.On });
        ((ZvmSimulation)simulation).Estate.Locked(e => (e.Find(guest.Name)!.ActiveCpus, e.Find(guest.Name)!.ActiveMemory) = (guest.Vcpus + 2, (int)(guest.Memory >> 20) + 512));
        await watch.GuestAsync(guest.Name, known => known.Vcpus == guest.Vcpus + 2 && known.Memory == guest.Memory + (512L << 20));
    }

    [Fact]
    public async Task Guests_that_run_grow_and_do_not_shrink()
    {
        await using var simulation = await StartAsync("feilong", null);
        await using var connection = await new ZvmDriver().ConnectAsync(ZvmBed.AddressOf(simulation.Address), ZvmBed.Context, Token);
        await using var watch = new Drivers.Conformance.WatchReader(connection);
        await watch.ListedAsync();
        var guest = watch.All<Guest>().First(known => known is { Service: false, Power: PowerState.On, Vcpus: < 4 });
        var resize = (IGuestResize)connection;
        Assert.Equal(ResizeOutcome.Applied, await resize.ResizeAsync(guest, guest.Vcpus + 1, guest.Memory * 2, Token));
        await watch.GuestAsync(guest.Name, known => known.Vcpus == guest.Vcpus + 1 && known.Memory == guest.Memory * 2);
        Assert.Equal(ProviderError.Conflict, (await Assert.ThrowsAsync<ProviderException>(() => resize.ResizeAsync(guest, guest.Vcpus, null, Token))).Error);
        var e = await Assert.ThrowsAsync<ProviderException>(() => resize.ResizeAsync(guest, 60, null, Token));
        Assert.Equal(ProviderError.CapacityExceeded, e.Error);
        Assert.Contains("MACHINE", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ninechars")]
    [InlineData("a b")]
    [InlineData("x;rm")]
    public async Task A_name_that_z_VM_can_t_take_is_refused_with_the_rule(string name)
    {
        await using var simulation = await StartAsync("feilong", null);
        await using var connection = await new ZvmDriver().ConnectAsync(ZvmBed.AddressOf(simulation.Address), ZvmBed.Context, Token);
        var e = await Assert.ThrowsAsync<ProviderException>(() => ((IGuestCreate)connection).PlanCreateAsync(new CreateGuest { Name = name, Provider = "zvm", Vcpus = 1, Memory = 1L << 30 }, "t", Token));
        Assert.Equal(ProviderError.InvalidArgument, e.Error);
        Assert.Contains("8", e.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, bool> Truth(ISimulation simulation) =>
        ((ZvmSimulation)simulation).Estate.Locked(e => e.Users.ToDictionary(user => user.Id, user => user.RunsOn is not null, StringComparer.Ordinal));

    private static Task<ISimulation> StartAsync(string way, string? fault) => new ZvmSimulator().StartAsync(Options(way, fault), Token);

    private static SimulationOptions Options(string way, string? fault) => new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Hosts = 1,
        Guests = 20,
        Seed = 7,
        Faults = fault is null ? FaultPlan.None : FaultPlan.Parse([fault], [FaultPlan.Drop, FaultPlan.Garbage]),
        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("interface", way),
        Loggers = NullLoggerFactory.Instance,
    };
}
