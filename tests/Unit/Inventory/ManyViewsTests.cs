using Anyvisor.Core.Inventory;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Inventory;

/// <summary>A guest that several providers show is one guest everywhere.</summary>
public sealed class ManyViewsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Guest With(Guest guest, params string[] macs) =>
        guest with { Nics = [.. macs.Select(mac => new Nic { Mac = MacAddress.TryParse(mac, out var address) ? address : null })] };

    private static async Task<(InventoryFixture Fixture, Guest Host, Guest Manager)> SeenTwiceAsync()
    {
        var fixture = new InventoryFixture();
        var (host, manager) = (fixture.Guest(1, "esx", "web", "esx1"), fixture.Guest(1, "vcenter", "web-1", "esx1.example.org") with { Cluster = "prod" });
        fixture.See(host, fixture.Guest(2, "esx", "alone", "esx1"));
        fixture.See(manager);
        await fixture.Inventory.FlushAsync(Stop);
        return (fixture, host, manager);
    }

    private static string Names(InventoryFixture fixture, string? filter) =>
        string.Join(' ', fixture.Inventory.QueryGuests(new ListQuery { Filter = filter }).Items.Select(guest => $"{guest.Provider}/{guest.Name}").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(null, "esx/alone vcenter/web-1", 2)]
    [InlineData("host:esx1", "esx/alone", 1)]
    [InlineData("power:on", "esx/alone vcenter/web-1", 2)]
    [InlineData("provider:esx", "esx/alone esx/web", 2)]
    [InlineData("provider:vcenter", "vcenter/web-1", 1)]
    [InlineData("provider:esx,vcenter", "esx/alone vcenter/web-1", 2)]
    [InlineData("-provider:vcenter", "esx/alone", 1)]
    public async Task Lists_counts_and_filters_show_it_once(string? filter, string names, long total)
    {
        var (fixture, _, _) = await SeenTwiceAsync();
        await using var owned = fixture;
        Assert.Equal(names, Names(fixture, filter));
        Assert.Equal(total, fixture.Inventory.QueryGuests(new ListQuery { Filter = filter, Limit = 1 }).Total);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("web-1")]
    [InlineData("esx/web")]
    [InlineData("vcenter/web-1")]
    [InlineData(null)]
    public async Task Every_name_and_id_of_it_leads_to_the_one_guest_with_all_views(string? reference)
    {
        var (fixture, host, manager) = await SeenTwiceAsync();
        await using var owned = fixture;
        var found = fixture.Inventory.Resolve<Guest>(reference ?? host.Id.ToString()).Found;
        Assert.Equal(manager.Id, found?.Id);
        Assert.Equal([("vcenter", manager.Id, true), ("esx", host.Id, false)], found!.Views!.Value.Select(view => (view.Provider, view.Id, view.Authority)));
        Assert.All(found.Views.Value, view => Assert.Equal("running", view.Raw));
    }

    [Fact]
    public async Task A_second_view_that_comes_later_is_told_as_no_guest_and_one_that_is_left_alone_is_one_again()
    {
        await using var fixture = new InventoryFixture();
        using var events = fixture.Inventory.Events.Subscribe(null, null);
        var (host, manager) = (fixture.Guest(1, "esx", "web", "esx1"), fixture.Guest(1, "vcenter", "web", "esx1") with { Cluster = "prod" });
        fixture.See(manager);
        await fixture.Inventory.FlushAsync(Stop);
        fixture.See(host);
        await fixture.Inventory.FlushAsync(Stop);
        fixture.See(host with { Power = PowerState.Off, ObservedAt = fixture.Now.AddSeconds(1) });
        await fixture.Inventory.FlushAsync(Stop);
        fixture.Inventory.Apply("vcenter", [new Gone(ObjectKind.Guest, manager.NativeId)]);
        await fixture.Inventory.FlushAsync(Stop);

        List<string> told = [];
        while (events.TryRead(out var item))
            told.Add($"{item.Event.Kind} {item.Event.Provider} {string.Join(',', item.Event.Changes.Select(change => change.Field))}");
        Assert.Equal(1, told.Count(line => line.StartsWith("Added vcenter", StringComparison.Ordinal)));
        Assert.DoesNotContain(told, line => line.Contains("power", StringComparison.Ordinal));
        Assert.Contains("Changed vcenter views", told);
        Assert.Equal(["Added esx ", "Removed vcenter "], told.Where(line => !line.StartsWith("Changed", StringComparison.Ordinal)).Skip(1).Order());
        Assert.Equal("esx/web", Names(fixture, null));
        Assert.Empty(fixture.Get(host)!.Concerns);
        Assert.Null(fixture.Inventory.Resolve<Guest>("web").Found!.Views);
    }

    [Theory]
    [InlineData(null, "Changed, Changed, Changed concerns")]
    [InlineData("provider:esx", "Changed, Changed")]
    [InlineData("provider:esx power:off", "Changed, Changed")]
    [InlineData("provider:vcenter", "Changed, Changed, Changed concerns")]
    [InlineData("provider:other", "")]
    public async Task What_a_second_view_says_is_told_of_the_guest_and_passes_the_filters_that_list_it(string? filter, string told)
    {
        var (fixture, host, manager) = await SeenTwiceAsync();
        await using var owned = fixture;
        using var events = fixture.Inventory.Events.Subscribe(null, filter is null ? null : Core.Inventory.Filters.GuestFilter.Parse(filter, fixture.Now));
        var off = host with { Power = PowerState.Off, Raw = "shut off", ObservedAt = fixture.Now.AddSeconds(1) };
        fixture.See(off);
        await fixture.Inventory.FlushAsync(Stop);
        fixture.See(off with { Description = "no part of a view", ObservedAt = fixture.Now.AddSeconds(2) });
        await fixture.Inventory.FlushAsync(Stop);
        fixture.Inventory.Apply("esx", [new Gone(ObjectKind.Guest, host.NativeId)]);
        await fixture.Inventory.FlushAsync(Stop);

        List<Event> seen = [];
        while (events.TryRead(out var item))
            seen.Add(item.Event);
        Assert.All(seen, e => Assert.Equal(manager.Id.ToString(), e.SubjectId));
        Assert.Equal(told, string.Join(", ", seen.Select(e => e.Changes[0].Field == "views" ? $"{e.Kind}" : $"{e.Kind} {e.Changes[0].Field}").Order(StringComparer.Ordinal)));
        if (seen.Count == 0)
            return;
        Assert.Equal([new FieldChange("views", "esx: on (running) on esx1", "esx: off (shut off) on esx1")], seen[0].Changes);
        Assert.Equal(PowerState.Off, seen[0].Guest!.Views!.Value[1].Power);
    }

    [Fact]
    public async Task When_the_authority_misses_it_the_other_view_is_shown()
    {
        var (fixture, _, _) = await SeenTwiceAsync();
        await using var owned = fixture;
        fixture.ListOf("vcenter");
        fixture.ListOf("vcenter");
        await fixture.Inventory.FlushAsync(Stop);
        Assert.Equal("esx/alone esx/web", Names(fixture, null));
        Assert.Equal("esx", fixture.Inventory.Resolve<Guest>("web").Found?.Provider);
    }

    [Fact]
    public async Task Views_that_disagree_whether_it_runs_forbid_a_start()
    {
        var (fixture, host, manager) = await SeenTwiceAsync();
        await using var owned = fixture;
        fixture.See(manager with { Power = PowerState.Off, ObservedAt = fixture.Now.AddSeconds(1) });
        await fixture.Inventory.FlushAsync(Stop);
        Assert.Equal(host.Id, fixture.Inventory.RunningTwin(manager.Id)?.Id);
        fixture.See(host with { Power = PowerState.Off, ObservedAt = fixture.Now.AddSeconds(1) });
        await fixture.Inventory.FlushAsync(Stop);
        Assert.Null(fixture.Inventory.RunningTwin(manager.Id));
    }

    [Theory]
    [InlineData("kvm1", "kvm1.lan", "", "", true)]
    [InlineData("kvm1", "KVM1", "52:54:00:00:00:01", "52:54:00:00:00:01", true)]
    [InlineData("kvm1", "kvm1", "52:54:00:00:00:01", "52:54:00:00:00:02", false)]
    [InlineData("kvm1", "kvm2", "52:54:00:00:00:01", "52:54:00:00:00:01", false)]
    [InlineData("kvm1", null, "52:54:00:00:00:01", "52:54:00:00:00:01", true)]
    [InlineData("kvm1", null, "", "", false)]
    [InlineData("localhost.localdomain", "localhost", "", "", false)]
    [InlineData("esx1", "localhost", "52:54:00:00:00:01", "52:54:00:00:00:01", true)]
    public async Task One_host_and_nothing_against_it_makes_two_views_of_one_guest(string? here, string? there, string macsHere, string macsThere, bool one)
    {
        await using var fixture = new InventoryFixture();
        fixture.See(With(fixture.Guest(1, "a", "web", here), macsHere.Split(',', StringSplitOptions.RemoveEmptyEntries)));
        fixture.See(With(fixture.Guest(1, "b", "web", there), macsThere.Split(',', StringSplitOptions.RemoveEmptyEntries)));
        await fixture.Inventory.FlushAsync(Stop);
        Assert.Equal(one ? "a/web" : "a/web b/web", Names(fixture, null));
        var concern = Assert.Single(fixture.Inventory.QueryGuests(new ListQuery()).Items[0].Concerns);
        Assert.Equal(one ? "inventory.other-view" : "inventory.duplicate", concern.Id);
    }

    [Fact]
    public async Task A_guest_that_went_to_another_host_in_one_view_alone_is_two_again()
    {
        var (fixture, _, manager) = await SeenTwiceAsync();
        await using var owned = fixture;
        fixture.See(manager with { Host = "esx9", ObservedAt = fixture.Now.AddSeconds(1) });
        await fixture.Inventory.FlushAsync(Stop);
        Assert.Equal("esx/alone esx/web vcenter/web-1", Names(fixture, null));
        Assert.All(fixture.Inventory.QueryGuests(new ListQuery { Filter = "name~web" }).Items, guest => Assert.Equal("inventory.duplicate", Assert.Single(guest.Concerns).Id));
    }
}
