using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.SolarisZones.Simulator;
using Anyvisor.Drivers.SolarisZones.Tests.Conformance;
using Anyvisor.Model;
using Anyvisor.Simulation.Ssh;
using Anyvisor.Simulation;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Simulated;

/// <summary>Global zones that answer garbage, cut the line, or are large; and words that would do harm if they were pasted.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("anyvisor-zones-test-");
    private ISimulation? _simulation;

    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private CancellationToken Token => _deadline.Token;

    public ValueTask InitializeAsync()
    {
        _deadline.CancelAfter(TimeSpan.FromSeconds(90));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_simulation is not null)
            await _simulation.DisposeAsync();
        _folder.Delete(recursive: true);
        _deadline.Dispose();
    }

    [Fact]
    public async Task Through_garbage_no_zone_is_shown_that_is_not_there_and_no_state_that_none_has()
    {
        var address = await StartAsync("omnios", ["garbage=0.1"], guests: 50);
        var hosts = ((ZonesSimulation)_simulation!).Hosts;
        var truth = hosts.Values.First().Zones.Values.ToDictionary(z => z.Name, z => z.State);
        for (var round = 0; round < 3; round++)
            try
            {
                await using var connection = await new SolarisZonesDriver().ConnectAsync(address, DriverBed.Context, Token);
                var rounds = 0;
                await foreach (var change in connection.WatchAsync(Token))
                {
                    if (change is Seen { Object: Guest guest })
                        Assert.True(truth.TryGetValue(guest.Name, out var state) && state == guest.Raw, $"{guest.Name} is shown as {guest.Raw}");
                    Assert.False(change is Gone, "a zone is said to be gone");
                    if (change is GuestStateSeen seen)
                        Assert.Fail($"{seen.Guest} is said to have become {seen.Raw}");
                    if (change is Heartbeat or SnapshotComplete && ++rounds == 6)
                        break;
                }
            }
            catch (ProviderException e)
            {
                Assert.True(e.Error is ProviderError.ProtocolViolation or ProviderError.ProviderFault or ProviderError.NotCapable or ProviderError.InvalidArgument or ProviderError.NotFound, e.ToString());
            }
    }

    [Fact]
    public async Task A_line_that_is_cut_ends_the_watch_as_Unreachable_and_a_new_one_shows_the_same()
    {
        var address = await StartAsync("solaris11", ["drop=0.2"], guests: 10);
        var complete = 0;
        for (var tries = 0; tries < 40 && complete < 2; tries++)
            try
            {
                await using var connection = await new SolarisZonesDriver().ConnectAsync(address, DriverBed.Context, Token);
                var guests = 0;
                await foreach (var change in connection.WatchAsync(Token))
                {
                    guests += change is Seen { Object: Guest } ? 1 : 0;
                    if (change is not SnapshotComplete)
                        continue;
                    Assert.Equal(10, guests);
                    complete++;
                    break;
                }
            }
            catch (ProviderException e)
            {
                Assert.Equal(ProviderError.Unreachable, e.Error);
            }
        Assert.Equal(2, complete);
    }

    [Theory]
    [InlineData("$(reboot)")]
    [InlineData("x'; zoneadm -z web-00000 halt; '")]
    [InlineData("x\"; delete -F; \"")]
    [InlineData("a;b&&c|d>e<f`g`\\h!i*j?k[l]m{n}o~p#q%r")]
    public async Task A_hostile_alias_arrives_as_it_is(string alias)
    {
        var address = await StartAsync("smartos", [], guests: 2);
        await using var connection = await new SolarisZonesDriver().ConnectAsync(address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        var guest = watch.All<Guest>()[0];
        await ((IGuestRename)connection).RenameAsync(guest, alias, Token);
        Assert.Equal(alias, (await connection.ReadGuestAsync(guest.NativeId, Token))!.Name);
        Assert.Equal(2, ((ZonesSimulation)_simulation!).Hosts.Values.Sum(h => h.Zones.Count));
    }

    [Fact]
    public async Task A_hostile_description_of_a_snapshot_is_shown_as_it_is()
    {
        var address = await StartAsync("omnios", [], guests: 3);
        await using var connection = await new SolarisZonesDriver().ConnectAsync(address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        var guest = watch.All<Guest>()[0];
        const string Hostile = "it's $(reboot) `id`\n\t; rm -rf / \"ü\"";
        var snapshots = (IGuestSnapshots)connection;
        await new PlanRunner(snapshots, "t1").RunAsync(await snapshots.PlanSnapshotAsync(guest, new CreateSnapshot("one", Hostile), "t1", Token), Token);
        Assert.Equal(Hostile, (await watch.ObjectAsync<Snapshot>(s => s.Name == "one")).Description);
    }

    [Fact]
    public async Task Tens_of_thousands_of_zones_are_listed_whole()
    {
        const int Many = 30_000;
        var address = await StartAsync("omnios", [], guests: Many);
        await using var connection = await new SolarisZonesDriver().ConnectAsync(address, DriverBed.Context, Token);
        var guests = 0;
        await foreach (var change in connection.WatchAsync(Token))
        {
            guests += change is Seen { Object: Guest } ? 1 : 0;
            if (change is SnapshotComplete)
                break;
        }
        Assert.Equal(Many, guests);
    }

    private async Task<ProviderAddress> StartAsync(string flavor, string[] faults, int guests)
    {
        Assert.SkipWhen(Sshd.Program is null, "sshd is not installed (package openssh-server)");
        _simulation = await ZonesBed.StartAsync(flavor, faults, ImmutableSortedDictionary<string, string>.Empty, _folder.FullName, hosts: 1, guests);
        return ZonesBed.Of(_simulation.Address);
    }
}
