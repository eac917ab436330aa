using Anyvisor.Core.Inventory;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Time;
using Xunit;

namespace Anyvisor.Unit.Tests.Inventory;

public sealed class EventFeedTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_told_with_what_changed_and_by_which_task()
    {
        await using var fixture = new InventoryFixture();
        var guest = fixture.Guest(1);
        fixture.See(guest);
        await fixture.Inventory.FlushAsync(Token);
        using var subscription = fixture.Inventory.Events.Subscribe(null, null);
        using (fixture.Inventory.NoteCause(guest.Id, "task-7"))
            fixture.See(guest with { Power = PowerState.Off, Raw = "shut off" });

        var told = (await NextAsync(subscription)).Event;

        Assert.Equal((EventKind.Changed, "guest", guest.Id.ToString(), "task-7"), (told.Kind, told.Subject, told.SubjectId, told.Task));
        Assert.Equal([new FieldChange("power", "on", "off"), new FieldChange("raw", "running", "shut off")], told.Changes);
        Assert.Equal(PowerState.Off, told.Guest!.Power);
    }

    [Fact]
    public async Task A_task_is_still_the_cause_for_a_moment_after_it_ended_and_not_longer()
    {
        await using var fixture = new InventoryFixture();
        var guest = fixture.Guest(1);
        fixture.See(guest);
        await fixture.Inventory.FlushAsync(Token);
        using var subscription = fixture.Inventory.Events.Subscribe(null, null);
        fixture.Inventory.NoteCause(guest.Id, "task-7").Dispose();
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        fixture.See(guest with { Vcpus = 2 });
        Assert.Equal("task-7", (await NextAsync(subscription)).Event.Task);
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        fixture.See(guest with { Vcpus = 3 });
        Assert.Null((await NextAsync(subscription)).Event.Task);
    }

    [Fact]
    public async Task What_is_seen_again_unchanged_is_no_event()
    {
        await using var fixture = new InventoryFixture();
        var estate = new RandomEstate(3);
        var guests = Enumerable.Range(0, 200).Select(i => estate.Next("lab", i)).ToArray();
        fixture.List(guests);
        await fixture.Inventory.FlushAsync(Token);
        var last = fixture.Inventory.Events.LastSequence;

        var result = fixture.ListOf("lab", [.. guests.Select(g => g with { ObservedAt = g.ObservedAt.AddMinutes(5), Source = ObservationSource.Event, Tags = g.Tags.SetItems([]), Disks = [.. g.Disks] })]);
        await fixture.Inventory.FlushAsync(Token);

        Assert.Equal(0, result.Changed);
        Assert.Equal(last, fixture.Inventory.Events.LastSequence);
        Assert.Equal(guests[0].ObservedAt.AddMinutes(5), fixture.Get(guests[0])!.ObservedAt);
    }

    [Fact]
    public async Task A_flood_of_changes_of_one_guest_is_told_in_few_events_and_ends_with_the_truth()
    {
        await using var fixture = new InventoryFixture();
        var guest = fixture.Guest(1);
        fixture.See(guest);
        await fixture.Inventory.FlushAsync(Token);
        using var subscription = fixture.Inventory.Events.Subscribe(null, null);
        for (var i = 1; i <= 100_000; i++)
            fixture.Inventory.Apply("lab", [new GuestStateSeen(guest.NativeId, PowerState.On, Transition.None, i == 100_000 ? "last" : $"w{i % 2}", ObservationSource.Event, fixture.Now)]);
        await fixture.Inventory.FlushAsync(Token);

        var told = new List<Event>();
        while (subscription.TryRead(out var item))
            told.Add(item.Event);

        Assert.InRange(told.Count, 1, 10_000);
        Assert.Equal("last", told[^1].Guest!.Raw);
    }

    [Fact]
    public async Task A_subscriber_resumes_where_it_was()
    {
        using var feed = new EventFeed(new InventoryOptions(), new FakeTimeProvider());
        for (var i = 0; i < 10; i++)
            feed.Publish(EventKind.Task, "task", $"t{i}", null);
        using var subscription = feed.Subscribe(4, null);

        var got = new List<long>();
        while (subscription.TryRead(out var item))
            got.Add(item.Sequence);
        Assert.Equal([5, 6, 7, 8, 9, 10], got);

        var waiting = subscription.WaitToReadAsync(Token);
        Assert.False(waiting.IsCompleted);
        feed.Publish(EventKind.Task, "task", "t10", null);
        Assert.True(await waiting);
    }

    [Fact]
    public void A_position_that_is_no_longer_kept_is_refused_with_the_oldest_that_is()
    {
        using var feed = new EventFeed(new InventoryOptions { EventRing = 4 }, new FakeTimeProvider());
        for (var i = 0; i < 10; i++)
            feed.Publish(EventKind.Task, "task", null, null);

        var error = Assert.Throws<SubscriptionException>(() => feed.Subscribe(2, null));
        Assert.Equal((SubscriptionEnd.Expired, 2, 7), (error.End, error.Position, error.Oldest));
        using var newest = feed.Subscribe(6, null);
        Assert.True(newest.TryRead(out var item));
        Assert.Equal(7, item.Sequence);
    }

    [Fact]
    public void A_subscriber_that_falls_out_of_the_ring_is_cut_off_with_its_position()
    {
        using var feed = new EventFeed(new InventoryOptions { EventRing = 4 }, new FakeTimeProvider());
        using var subscription = feed.Subscribe(null, null);
        for (var i = 0; i < 10; i++)
            feed.Publish(EventKind.Task, "task", null, null);

        var error = Assert.Throws<SubscriptionException>(() => subscription.TryRead(out _));
        Assert.Equal((SubscriptionEnd.TooSlow, 0), (error.End, error.Position));
    }

    [Fact]
    public async Task A_stalled_subscriber_is_cut_off_within_its_patience_and_an_idle_one_is_not()
    {
        var clock = new FakeTimeProvider();
        using var feed = new EventFeed(new InventoryOptions(), clock);
        using var stalled = feed.Subscribe(null, null);
        using var idle = feed.Subscribe(null, null);
        feed.Publish(EventKind.Task, "task", null, null);
        Assert.True(idle.TryRead(out _));

        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.False(stalled.CutOff.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.True(stalled.CutOff.IsCancellationRequested);
        Assert.False(idle.CutOff.IsCancellationRequested);
        var error = await Assert.ThrowsAsync<SubscriptionException>(async () => await stalled.WaitToReadAsync(Token));
        using var again = feed.Subscribe(error.Position, null);
        Assert.True(again.TryRead(out _));
    }

    [Fact]
    public async Task A_filter_lets_pass_what_matches_before_or_after()
    {
        await using var fixture = new InventoryFixture();
        using var subscription = fixture.Inventory.Events.Subscribe(null, GuestFilter.Parse("power:on", fixture.Now));
        var (on, off) = (fixture.Guest(1), fixture.Guest(2) with { Power = PowerState.Off });
        fixture.See(on, off);
        await fixture.Inventory.FlushAsync(Token);
        fixture.See(on with { Power = PowerState.Off }, off with { Vcpus = 3 });
        await fixture.Inventory.FlushAsync(Token);
        fixture.Inventory.Events.Publish(EventKind.Task, "task", "t", null);

        var got = new List<string?>();
        while (subscription.TryRead(out var item))
            got.Add(item.Event.SubjectName);
        Assert.Equal(["guest1", "guest1"], got);
    }

    [Fact]
    public void The_JSON_of_an_event_is_made_once_for_all()
    {
        using var feed = new EventFeed(new InventoryOptions(), new FakeTimeProvider());
        using var a = feed.Subscribe(null, null);
        using var b = feed.Subscribe(null, null);
        feed.Publish(EventKind.Task, "task", "t", null);
        Assert.True(a.TryRead(out var left));
        Assert.True(b.TryRead(out var right));
        Assert.Equal(left.Json, right.Json);
    }

    private static async Task<PublishedEvent> NextAsync(EventSubscription subscription)
    {
        while (true)
        {
            if (subscription.TryRead(out var item))
                return item;
            Assert.True(await subscription.WaitToReadAsync(Token));
        }
    }
}
