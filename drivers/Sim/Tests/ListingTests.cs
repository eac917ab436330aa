using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Sim.Tests;

public sealed class ListingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listing_is_framed_and_has_as_many_as_were_asked_for()
    {
        await using var connection = await Bed.ConnectAsync("sim:?hosts=100&guests=5000&churn=0", Stop);
        var changes = await Bed.ListAsync(connection, Stop);
        Assert.IsType<SnapshotBegin>(changes[0]);
        Assert.IsType<SnapshotComplete>(changes[^1]);
        Assert.Equal(100, changes.Of<Host>().Count);
        Assert.Equal(5000, changes.Of<Guest>().Count);
        Assert.Equal(500, changes.Of<Volume>().Count);
        Assert.NotEmpty(changes.Of<Cluster>());
        Assert.NotEmpty(changes.Of<Datastore>());
        Assert.NotEmpty(changes.Of<Network>());
        Assert.NotEmpty(changes.Of<Image>());
        Assert.NotEmpty(changes.Of<Size>());
    }

    [Fact]
    public async Task There_is_every_kind_of_everything()
    {
        await using var connection = await Bed.ConnectAsync("sim:?hosts=100&guests=20000&churn=0", Stop);
        var guests = (await Bed.ListAsync(connection, Stop)).Of<Guest>();
        Assert.Equal(Enum.GetValues<GuestKind>(), guests.Select(guest => guest.Kind).Distinct().Order());
        Assert.Equal(Enum.GetValues<PowerState>(), guests.Select(guest => guest.Power).Distinct().Order());
        Assert.Equal(Enum.GetValues<Architecture>().Skip(1), guests.Select(guest => guest.Arch).Distinct().Order());
        Assert.Equal(Enum.GetValues<OsFamily>(), guests.Select(guest => guest.Os.Family).Distinct().Order());
        Assert.Equal(Enum.GetValues<Firmware>().Skip(1), guests.Select(guest => guest.Firmware).Distinct().Order());
        Assert.Equal(Enum.GetValues<Virtualization>().Skip(1), guests.Select(guest => guest.Virtualization).Distinct().Order());
        Assert.Contains(guests, guest => guest.Service && guest.Name == "Domain-0");
        Assert.Contains(guests, guest => guest.Service && guest.Name.EndsWith("vios1", StringComparison.Ordinal));
        Assert.Contains(guests, guest => guest.Entitlement?.Mode == EntitlementMode.Dedicated);
        Assert.Contains(guests, guest => !guest.Concerns.IsEmpty);
        Assert.Contains(guests, guest => guest.Lifecycle == Lifecycle.Template);
        Assert.Contains(guests, guest => guest.Addresses.Length == 2);
    }

    [Fact]
    public async Task Identities_and_names_and_addresses_are_unique()
    {
        await using var connection = await Bed.ConnectAsync("sim:?hosts=50&guests=20000&churn=0", Stop);
        var guests = (await Bed.ListAsync(connection, Stop)).Of<Guest>();
        Assert.Equal(guests.Count, guests.Select(guest => guest.Id).Distinct().Count());
        var named = guests.Where(guest => guest.Name != "Domain-0").ToList();
        Assert.Equal(named.Count, named.Select(guest => guest.Name).Distinct().Count());
        var addresses = guests.SelectMany(guest => guest.Addresses).ToList();
        Assert.Equal(addresses.Count, addresses.Distinct().Count());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_estate_and_another_seed_another()
    {
        async Task<List<string>> Estate(int seed)
        {
            await using var connection = await Bed.ConnectAsync($"sim:?guests=300&churn=0&seed={seed}", Stop);
            return [.. (await Bed.ListAsync(connection, Stop)).Of<Guest>().Select(guest => $"{guest.Id} {guest.Name} {guest.Power} {guest.Host} {guest.Memory} {guest.CreatedAt:O}")];
        }

        var first = await Estate(7);
        Assert.Equal(first, await Estate(7));
        Assert.NotEqual(first, await Estate(8));
        // The first guest for ever: a change of the generator breaks people's notes and screenshots.
        Assert.StartsWith("1fm6bsnkneb9bjcbnm19fh5d1s rv-mon-stage-00001 On kvm-001", first[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_is_read_by_its_identity_as_the_listing_shows_it()
    {
        await using var connection = await Bed.ConnectAsync("sim:?guests=300&churn=0", Stop);
        foreach (var guest in (await Bed.ListAsync(connection, Stop)).Of<Guest>())
        {
            var read = await connection.ReadGuestAsync(guest.NativeId, Stop);
            Assert.Equal((guest.Id, guest.Name, guest.Power, guest.Memory), (read!.Id, read.Name, read.Power, read.Memory));
        }
        Assert.Null(await connection.ReadGuestAsync(new NativeId(Guid.NewGuid()), Stop));
        Assert.Null(await connection.ReadGuestAsync(new NativeId("vm-1"), Stop));
    }
}
