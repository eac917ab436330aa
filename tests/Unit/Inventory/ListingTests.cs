using Anyvisor.Core.Inventory;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Inventory;

public sealed class ListingTests
{
    [Fact]
    public async Task A_guest_is_missing_only_when_two_whole_listings_in_a_row_lack_it()
    {
        await using var fixture = new InventoryFixture();
        var (stays, goes) = (fixture.Guest(1), fixture.Guest(2));
        fixture.List(stays, goes);

        fixture.List(stays);
        Assert.Equal(Presence.Present, fixture.Get(goes)!.Presence);
        fixture.List(stays, goes);
        fixture.List(stays);
        Assert.Equal(Presence.Present, fixture.Get(goes)!.Presence);
        fixture.Clock.Advance(TimeSpan.FromSeconds(9));
        fixture.List(stays);

        Assert.Equal((Presence.Missing, fixture.Now), (fixture.Get(goes)!.Presence, fixture.Get(goes)!.PresenceSince));
        Assert.Equal(Presence.Present, fixture.Get(stays)!.Presence);
        Assert.Equal(1, fixture.Inventory.Counts(InventoryFixture.Lab).Missing);
        fixture.List(stays, goes);
        Assert.Equal((Presence.Present, null), (fixture.Get(goes)!.Presence, fixture.Get(goes)!.PresenceSince));
    }

    [Fact]
    public async Task A_listing_that_breaks_off_makes_nothing_missing()
    {
        await using var fixture = new InventoryFixture();
        var (stays, goes) = (fixture.Guest(1), fixture.Guest(2));
        fixture.List(stays, goes);
        for (var i = 0; i < 5; i++)
        {
            fixture.Inventory.Apply(InventoryFixture.Lab, [new SnapshotBegin([ObjectKind.Guest]), new Seen(stays)]);
            fixture.Inventory.MarkUnreachable(InventoryFixture.Lab, fixture.Now);
            fixture.Inventory.MarkReachable(InventoryFixture.Lab);
            fixture.Inventory.Apply(InventoryFixture.Lab, [new SnapshotComplete()]);
        }
        Assert.NotEqual(Presence.Missing, fixture.Get(goes)!.Presence);
    }

    [Fact]
    public async Task A_listing_of_other_kinds_says_nothing_of_guests()
    {
        await using var fixture = new InventoryFixture();
        var guest = fixture.Guest(1);
        fixture.List(guest);
        for (var i = 0; i < 3; i++)
            fixture.Inventory.Apply(InventoryFixture.Lab, [new SnapshotBegin([ObjectKind.Host]), new SnapshotComplete()]);
        Assert.Equal(Presence.Present, fixture.Get(guest)!.Presence);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(10, 5)]
    [InlineData(3, 0)]
    public async Task A_drop_that_is_too_large_to_believe_waits_for_a_person(int known, int left)
    {
        await using var fixture = new InventoryFixture();
        var guests = Enumerable.Range(0, known).Select(i => fixture.Guest(i)).ToArray();
        fixture.List(guests);
        ApplyResult? result = null;
        for (var i = 0; i < 3; i++)
            result = fixture.List(guests[..left]);

        Assert.Equal((known, known - left), (result!.Suspicion!.Known, result.Suspicion.Lost));
        Assert.All(guests, g => Assert.Equal(Presence.Present, fixture.Get(g)!.Presence));

        Assert.Equal(known - left, fixture.Inventory.AcceptDrop(InventoryFixture.Lab));
        Assert.Null(fixture.Inventory.Suspicion(InventoryFixture.Lab));
        Assert.All(guests[left..], g => Assert.Equal(Presence.Missing, fixture.Get(g)!.Presence));
        Assert.All(guests[..left], g => Assert.Equal(Presence.Present, fixture.Get(g)!.Presence));
    }

    [Fact]
    public async Task A_suspicion_ends_by_itself_when_the_guests_are_back()
    {
        await using var fixture = new InventoryFixture();
        var guests = Enumerable.Range(0, 10).Select(i => fixture.Guest(i)).ToArray();
        fixture.List(guests);
        fixture.List();
        Assert.NotNull(fixture.Inventory.Suspicion(InventoryFixture.Lab));

        Assert.Null(fixture.List(guests).Suspicion);
        Assert.All(guests, g => Assert.Equal(Presence.Present, fixture.Get(g)!.Presence));
    }

    [Fact]
    public async Task A_provider_that_is_down_makes_its_guests_unreachable_until_each_is_seen_again()
    {
        await using var fixture = new InventoryFixture();
        var (a, b) = (fixture.Guest(1), fixture.Guest(2));
        fixture.List(a, b);
        var since = fixture.Now;
        fixture.Inventory.MarkUnreachable(InventoryFixture.Lab, since);
        Assert.All([a, b], g => Assert.Equal((Presence.Unreachable, since), (fixture.Get(g)!.Presence, fixture.Get(g)!.PresenceSince)));

        fixture.Inventory.MarkReachable(InventoryFixture.Lab);
        fixture.See(a);

        Assert.Equal(Presence.Present, fixture.Get(a)!.Presence);
        Assert.Equal(Presence.Unreachable, fixture.Get(b)!.Presence);
    }

    [Fact]
    public async Task A_silent_line_that_goes_on_brings_its_guests_back()
    {
        await using var fixture = new InventoryFixture();
        var guest = fixture.Guest(1);
        fixture.List(guest);
        fixture.Inventory.MarkUnreachable(InventoryFixture.Lab, fixture.Now);

        fixture.Inventory.Apply(InventoryFixture.Lab, [new Heartbeat()]);

        Assert.Equal(Presence.Present, fixture.Get(guest)!.Presence);
    }

    [Fact]
    public async Task An_event_that_says_gone_is_believed_and_an_older_page_of_a_listing_is_not()
    {
        await using var fixture = new InventoryFixture();
        var guest = fixture.Guest(1);
        fixture.List(guest);
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        fixture.Inventory.Apply(InventoryFixture.Lab, [new SnapshotBegin([ObjectKind.Guest]), new Gone(ObjectKind.Guest, guest.NativeId), new Seen(guest), new SnapshotComplete()]);
        Assert.Null(fixture.Get(guest));

        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        fixture.See(guest with { ObservedAt = fixture.Now });
        Assert.NotNull(fixture.Get(guest));
    }

    [Fact]
    public async Task Two_guests_of_one_identity_in_a_listing_are_shown_as_one_with_a_concern_and_do_not_flap()
    {
        await using var fixture = new InventoryFixture();
        var (a, b) = (fixture.Guest(1, name: "web", host: "esx1"), fixture.Guest(1, name: "web", host: "esx2"));
        fixture.List(a, b);
        await fixture.Inventory.FlushAsync(TestContext.Current.CancellationToken);
        var told = fixture.Inventory.Events.LastSequence;
        for (var i = 0; i < 6; i++)
        {
            fixture.List(i % 2 == 0 ? [a, b] : [b, a]);
            await fixture.Inventory.FlushAsync(TestContext.Current.CancellationToken);
        }

        var shown = fixture.Get(a)!;
        Assert.Equal("esx1", shown.Host);
        Assert.Equal("inventory.listed-twice", Assert.Single(shown.Concerns).Id);
        Assert.Contains("esx2", shown.Concerns[0].Assessment, StringComparison.Ordinal);
        Assert.Equal(told, fixture.Inventory.Events.LastSequence);

        fixture.List(b);
        fixture.List(b);
        Assert.Equal("esx2", fixture.Get(a)!.Host);
        Assert.Empty(fixture.Get(a)!.Concerns);
    }

    [Fact]
    public async Task One_UUID_on_two_hosts_is_a_duplicate_and_names_the_running_twin()
    {
        await using var fixture = new InventoryFixture();
        var (here, there) = (fixture.Guest(1, "lab", "web", "kvm1") with { Power = PowerState.Off }, fixture.Guest(1, "far", "web", "kvm2"));
        fixture.See(here);
        fixture.See(there);
        await fixture.Inventory.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal("inventory.duplicate", Assert.Single(fixture.Get(here)!.Concerns).Id);
        Assert.Equal("inventory.duplicate", Assert.Single(fixture.Get(there)!.Concerns).Id);
        Assert.Equal(there.Id, fixture.Inventory.RunningTwin(here.Id)?.Id);
        Assert.Null(fixture.Inventory.RunningTwin(there.Id));

        fixture.Inventory.Apply("far", [new Gone(ObjectKind.Guest, there.NativeId)]);
        await fixture.Inventory.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Empty(fixture.Get(here)!.Concerns);
    }

    [Fact]
    public async Task A_guest_seen_through_a_host_and_its_manager_has_two_views_and_one_authority()
    {
        await using var fixture = new InventoryFixture();
        var (host, manager) = (fixture.Guest(1, "esx", "web", "esx1"), fixture.Guest(1, "vcenter", "web", "esx1.example.org") with { Cluster = "prod" });
        fixture.See(host);
        fixture.See(manager);
        await fixture.Inventory.FlushAsync(TestContext.Current.CancellationToken);

        var views = fixture.Inventory.Views(host.Id);
        Assert.Equal([("vcenter", true), ("esx", false)], views.Select(v => (v.Provider, v.Authority)));
        Assert.Equal("inventory.second-view", Assert.Single(fixture.Get(host)!.Concerns).Id);
        Assert.Equal("inventory.other-view", Assert.Single(fixture.Get(manager)!.Concerns).Id);
        Assert.Null(fixture.Inventory.RunningTwin(host.Id));
    }

    [Fact]
    public async Task What_is_missing_for_longer_than_kept_is_removed()
    {
        await using var fixture = new InventoryFixture(new InventoryOptions { MissingRetention = TimeSpan.FromHours(1) });
        var (stays, goes) = (fixture.Guest(1), fixture.Guest(2));
        fixture.List(stays, goes);
        fixture.List(stays);
        fixture.List(stays);

        fixture.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.NotNull(fixture.Get(goes));
        fixture.Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.Null(fixture.Get(goes));
        Assert.NotNull(fixture.Get(stays));
    }

    [Fact]
    public async Task A_word_that_no_table_maps_is_counted_and_shown()
    {
        await using var fixture = new InventoryFixture();
        var guest = fixture.Guest(1) with { Power = PowerState.Unknown, Raw = "hovering" };
        fixture.See(guest);
        fixture.See(guest);

        Assert.Equal(2, fixture.Inventory.UnmappedWords[("lab", "hovering")]);
        Assert.Equal((PowerState.Unknown, "hovering"), (fixture.Get(guest)!.Power, fixture.Get(guest)!.Raw));
    }

    [Fact]
    public async Task Removing_a_provider_removes_what_it_showed_and_nothing_else()
    {
        await using var fixture = new InventoryFixture();
        var (a, b) = (fixture.Guest(1), fixture.Guest(2, "far"));
        fixture.See(a);
        fixture.See(b);

        fixture.Inventory.Forget("lab");

        Assert.Null(fixture.Get(a));
        Assert.NotNull(fixture.Get(b));
        Assert.Equal(1, fixture.Inventory.QueryGuests(new ListQuery()).Total);
    }

    [Fact]
    public async Task Volumes_that_two_listings_lack_are_removed_and_hosts_are_missing()
    {
        await using var fixture = new InventoryFixture();
        var native = new NativeId("x");
        var host = new Host { Id = ObjectId.Derive(ObjectKind.Host, "lab", native), NativeId = native, Name = "h", Provider = "lab" };
        var volume = new Volume { Id = ObjectId.Derive(ObjectKind.Volume, "lab", native), NativeId = native, Name = "v", Provider = "lab" };
        Change[] begin = [new SnapshotBegin([ObjectKind.Host, ObjectKind.Volume])];
        fixture.Inventory.Apply("lab", [.. begin, new Seen(host), new Seen(volume), new SnapshotComplete()]);
        fixture.Inventory.Apply("lab", [.. begin, new SnapshotComplete()]);
        Assert.NotNull(fixture.Inventory.Get<Volume>(volume.Id));
        fixture.Inventory.Apply("lab", [.. begin, new SnapshotComplete()]);

        Assert.Null(fixture.Inventory.Get<Volume>(volume.Id));
        Assert.Equal(Presence.Missing, fixture.Inventory.Get<Host>(host.Id)!.Presence);
        Assert.Equal(1, fixture.Inventory.Query<Host>(new ListQuery { Filter = "presence:missing name:h" }).Total);
    }
}
