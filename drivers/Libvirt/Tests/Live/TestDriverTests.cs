using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>libvirt's own test driver: no hypervisor, and the same answers every time.</summary>
public sealed class TestDriverTests
{
    [Fact]
    public async Task The_first_listing_shows_host_guest_network_and_pool()
    {
        await using var connection = await LiveBed.ConnectAsync("test");
        await using var watcher = new WatchReader(connection);
        await watcher.ListedAsync();
        var guest = await watcher.GuestAsync("test", _ => true);
        Assert.Equal((PowerState.On, 2, 2L << 30), (guest.Power, guest.Vcpus, guest.Memory));
        Assert.Equal((Architecture.I686, Virtualization.Full), (guest.Arch, guest.Virtualization));
        Assert.Equal("/guest/diskimage1", Assert.Single(guest.Disks).Source);
        var host = (Host)(await watcher.SeenAsync<Seen>(s => s.Object is Host)).Object;
        Assert.Equal((16, 2), (host.Cpus, host.Numa.Length));
        var network = (Network)(await watcher.SeenAsync<Seen>(s => s.Object is Network)).Object;
        Assert.Equal(("default", "nat", "192.168.122.0/24"), (network.Name, network.Type, Assert.Single(network.Subnets)));
        var pool = (Datastore)(await watcher.SeenAsync<Seen>(s => s.Object is Datastore)).Object;
        Assert.True(pool.Active);
    }

    [Fact]
    public async Task Power_verbs_show_on_the_watch()
    {
        await using var connection = await LiveBed.ConnectAsync("test");
        await using var watcher = new WatchReader(connection);
        await watcher.ListedAsync();
        var guest = await watcher.GuestAsync("test", g => g.Power == PowerState.On);
        await connection.PauseAsync(guest, TestContext.Current.CancellationToken);
        guest = await watcher.GuestAsync("test", g => g.Power == PowerState.Paused);
        Assert.Equal("paused (user)", guest.Raw);
        Assert.False(connection.Judge(Verb.Pause, guest).Allowed);
        await connection.ResumeAsync(guest, TestContext.Current.CancellationToken);
        guest = await watcher.GuestAsync("test", g => g.Power == PowerState.On);
        await connection.SuspendAsync(guest, TestContext.Current.CancellationToken);
        guest = await watcher.GuestAsync("test", g => g.Power == PowerState.Suspended);
        await connection.ResumeAsync(guest, TestContext.Current.CancellationToken);
        guest = await watcher.GuestAsync("test", g => g.Power == PowerState.On);
        await connection.StopAsync(guest, TestContext.Current.CancellationToken);
        guest = await watcher.GuestAsync("test", g => g.Power == PowerState.Off);
        var refused = await Assert.ThrowsAsync<Driver.ProviderException>(() => connection.StopAsync(guest, TestContext.Current.CancellationToken));
        Assert.Equal(Driver.ProviderError.Conflict, refused.Error);
        Assert.StartsWith("55 ", refused.NativeCode, StringComparison.Ordinal);
        await connection.StartAsync(guest, TestContext.Current.CancellationToken);
        await watcher.GuestAsync("test", g => g.Power == PowerState.On);
    }

    [Fact]
    public async Task A_guest_that_is_not_there_reads_as_null_and_is_NotFound_to_a_verb()
    {
        await using var connection = await LiveBed.ConnectAsync("test");
        var stranger = new NativeId(Guid.NewGuid());
        Assert.Null(await connection.ReadGuestAsync(stranger, TestContext.Current.CancellationToken));
        var known = await connection.ReadGuestAsync(new NativeId("6695eb01-f6a4-8304-79aa-97f2502e193f"), TestContext.Current.CancellationToken);
        var e = await Assert.ThrowsAsync<Driver.ProviderException>(() => connection.StartAsync(known! with { NativeId = stranger }, TestContext.Current.CancellationToken));
        Assert.Equal(Driver.ProviderError.NotFound, e.Error);
        Assert.StartsWith("42 ", e.NativeCode, StringComparison.Ordinal);
    }
}
