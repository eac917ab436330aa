using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.PowerVm.Simulator;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Simulated;

/// <summary>What partitions have beyond what all guests have.</summary>
public sealed class VerbTests : IAsyncLifetime
{
    private SimulatedConsole _console = null!;
    private IProviderConnection _connection = null!;
    private WatchReader _watch = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HmcEstate Estate => _console.Server.Estate;

    public async ValueTask InitializeAsync()
    {
        _console = await SimulatedConsole.StartAsync(2, 40);
        _connection = await FaultTests.ConnectAsync(_console, "300");
        _watch = new WatchReader(_connection);
        await _watch.ListedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await _connection.DisposeAsync();
        await _console.DisposeAsync();
    }

    [Fact]
    public async Task A_running_partition_is_resized_at_once_within_its_bounds_and_at_its_next_start_beyond_them()
    {
        var partition = Find(p => p is { State: "running", Rmc: "active", Dedicated: false });
        var guest = Guest(partition);
        var resize = (IGuestResize)_connection;
        Assert.Equal(ResizeOutcome.Applied, await resize.ResizeAsync(guest, null, guest.Memory * 2, Token));
        await _watch.GuestAsync(guest.Name, g => g.Memory == guest.Memory * 2);
        Assert.Equal(ResizeOutcome.AtNextStart, await resize.ResizeAsync(guest, null, guest.Memory * 3, Token));
        Assert.Equal(((guest.Memory * 2) >> 20, (guest.Memory * 3) >> 20), (partition.Memory, partition.ProfileMemory!.Value));
    }

    [Fact]
    public async Task A_running_partition_without_monitoring_is_changed_at_its_next_start_and_not_asked_to_end()
    {
        var partition = Find(p => p is { State: "running", Rmc: "active", Dedicated: false, Type: "AIX/Linux" });
        lock (Estate.Gate)
        {
            partition.Rmc = "inactive";
            Estate.Changed(partition, "RMCState");
        }
        var guest = await _watch.GuestAsync(partition.Name, g => g.Concerns.Any(c => c.Id == "powervm.monitoring"));
        Assert.Equal("no-rmc", _connection.Judge(Verb.Shutdown, guest).Reason?.Code);
        Assert.True(_connection.Judge(Verb.Stop, guest).Allowed);
        Assert.Equal(ResizeOutcome.AtNextStart, await ((IGuestResize)_connection).ResizeAsync(guest, null, guest.Memory * 2, Token));
    }

    [Fact]
    public async Task A_fraction_of_a_core_is_promised()
    {
        var guest = Guest(Find(p => p is { State: "running", Rmc: "active", Dedicated: false, Processors: > 1 }));
        var entitlement = (IGuestEntitlement)_connection;
        Assert.Equal(ResizeOutcome.Applied, await entitlement.ResizeAsync(guest, null, null, 0.75m, Token));
        await _watch.GuestAsync(guest.Name, g => g.Entitlement?.Units == 0.75m);
        var e = await Assert.ThrowsAsync<ProviderException>(() => entitlement.ResizeAsync(guest, null, null, 0.01m, Token));
        Assert.Equal(ProviderError.InvalidArgument, e.Error);
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_made()
    {
        var guest = Guest(Find(p => p is { State: "not activated", Dedicated: false }));
        var resize = (IGuestResize)_connection;
        _ = await Task.WhenAll(resize.ResizeAsync(guest, null, 7L << 30, Token), resize.ResizeAsync(guest, 3, null, Token), RenameAsync());
        await _watch.GuestAsync("renamed-meanwhile", g => g is { Memory: 7L << 30, Vcpus: 3 });

        async Task<ResizeOutcome> RenameAsync()
        {
            await ((IGuestRename)_connection).RenameAsync(guest, "renamed-meanwhile", Token);
            return ResizeOutcome.Applied;
        }
    }

    [Fact]
    public async Task A_partition_is_started_to_its_menus_and_from_a_profile_by_name()
    {
        var partition = Find(p => p is { State: "not activated", Type: "AIX/Linux", HasOs: true });
        var start = (IGuestStartSettings)_connection;
        var e = await Assert.ThrowsAsync<ProviderException>(() => start.StartAsync(Guest(partition), Settings(("profile", "nowhere")), Token));
        Assert.Contains("default_profile", e.Message, StringComparison.Ordinal);
        await start.StartAsync(Guest(partition), Settings(("profile", "default_profile"), ("boot-mode", "sms"), ("keylock", "manual")), Token);
        var on = await _watch.GuestAsync(partition.Name, g => g.Power == PowerState.On && g.Transition == Transition.None);
        Assert.Equal(("open firmware", "manual"), (on.Raw, partition.Keylock));
        e = await Assert.ThrowsAsync<ProviderException>(() => start.StartAsync(Guest(Find(p => p is { State: "not activated", Type: "AIX/Linux" })), Settings(("ipl-source", "b")), Token));
        Assert.Equal(ProviderError.InvalidArgument, e.Error);
    }

    [Fact]
    public async Task A_migration_that_can_t_be_is_told_beforehand_with_its_code()
    {
        // Behind one VIOS alone: its disk does not reach the other system.
        var partition = Find(p => p is { State: "running", Rmc: "active" } && HmcEstate.ViosOf(p.System).Any(v => v.Mappings.Exists(m => m.Partition == p.Uuid && v.VolumeGroups.Exists(g => g.Disks.Contains(m.Disk)))));
        var plan = await PlanAsync(partition);
        var concern = Assert.Single(plan.Concerns, c => c.Severity == ConcernSeverity.Critical);
        Assert.Equal("powervm.migration.hscla24e", concern.Id);
    }

    [Fact]
    public async Task A_migration_that_is_called_off_leaves_the_partition_where_it_was()
    {
        var partition = Find(p => p is { State: "running", Rmc: "active" } && Estate.SharedPools[0].Disks.Exists(d => HmcEstate.ViosOf(p.System).Any(v => v.Mappings.Exists(m => m.Partition == p.Uuid && m.Disk == d))));
        var from = partition.System;
        var plan = await PlanAsync(partition);
        Assert.DoesNotContain(plan.Concerns, c => c.Severity == ConcernSeverity.Critical);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = new PlanRunner((IGuestMigrate)_connection, "t").RunAsync(plan, stop.Token);
        await _watch.GuestAsync(partition.Name, g => g.Transition == Transition.Migrating);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        var after = await _watch.GuestAsync(partition.Name, g => g is { Transition: Transition.None, Power: PowerState.On });
        Assert.Equal((from.Name, from), (after.Host, partition.System));
    }

    [Fact]
    public async Task A_partition_is_made_from_a_template_in_a_volume_group_and_leaves_nothing_when_deleted()
    {
        var (create, delete) = ((IGuestCreate)_connection, (IGuestDelete)_connection);
        var system = Estate.Systems[0];
        var pool = HmcEstate.ViosOf(system).First().VolumeGroups[1];
        var before = pool.Disks.Count;
        var request = new CreateGuest
        {
            Name = "from-template", Provider = "bed", Image = "ibmi-small", Vcpus = 2, Memory = 4L << 30, Disk = 8L << 30, Host = system.Name,
            Datastore = $"{HmcEstate.ViosOf(system).First().Name}/datavg", Start = true, Settings = Settings(("units", "0.5")),
        };
        var plan = await create.PlanCreateAsync(request, "task7", Token);
        await new PlanRunner(create, "task7").RunTwiceAsync(plan, Token);
        var made = await _watch.GuestAsync("from-template", g => g.Power == PowerState.On && g.Disks.Length == 1 && g.Nics.Length == 1);
        Assert.Equal((OsFamily.Ibmi, 0.5m, 8L << 30, "VLAN1-ETHERNET0"), (made.Os.Family, made.Entitlement!.Units, made.Disks[0].Capacity, made.Nics[0].Network));
        await ((IGuestPower)_connection).StopAsync(made, Token);
        var off = await _watch.GuestAsync("from-template", g => g.Power == PowerState.Off);
        await new PlanRunner(delete, "task8").RunTwiceAsync(await delete.PlanDeleteAsync(off, keepDisks: false, "task8", Token), Token);
        Assert.Equal(before, pool.Disks.Count);
        Assert.DoesNotContain(HmcEstate.ViosOf(system).SelectMany(v => v.Mappings), m => m.Partition.ToString() == made.NativeId.ToString());
    }

    [Fact]
    public async Task Storage_and_groups_and_addresses_come_from_where_they_are_kept()
    {
        var guest = Guest(Find(p => p.Rmc == "active" && !p.IsVios));
        Assert.NotEmpty(guest.Addresses);
        Assert.Contains(_watch.All<Guest>(), g => g.Tags.ContainsKey("group.production"));
        Assert.All(_watch.All<Guest>().Where(g => !g.Service), g => Assert.True(g.Disks.Length == 1 && g.Nics.Length > 0, g.Name));
        Assert.Contains(_watch.All<Datastore>(), d => d.Type == "volume-group");
        Assert.Equal(3, _watch.All<Image>().Count);
        Assert.Empty(await ((IGuestMetrics)_connection).ReadMetricsAsync([], Token));
    }

    private SimPartition Find(Func<SimPartition, bool> wanted) => Estate.Partitions.Values.First(p => !p.IsVios && wanted(p));

    private Guest Guest(SimPartition partition) => _watch.All<Guest>().First(g => g.NativeId == new NativeId(partition.Uuid));

    private async Task<Driver.Work.WorkPlan> PlanAsync(SimPartition partition)
    {
        var target = _watch.All<Host>().First(host => host.Name != partition.System.Name);
        return await ((IGuestMigrate)_connection).PlanMigrateAsync(Guest(partition), target, null, new MigrateGuest(target.Name, Live: true), "t", Token);
    }

    private static ImmutableDictionary<string, string> Settings(params (string Name, string Value)[] settings) => settings.ToImmutableDictionary(s => s.Name, s => s.Value);
}
