using System.Collections.Immutable;
using System.Text;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Store;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Unit.Tests.Inventory;

public sealed class PersistenceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("anyvisor-inventory-").FullName;
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task After_a_restart_the_estate_is_there_and_marked_until_it_is_seen()
    {
        var estate = new RandomEstate(21);
        var guests = Enumerable.Range(0, 500).Select(i => estate.Next("lab", i)).ToArray();
        await WithInventoryAsync(inventory =>
        {
            inventory.Apply("lab", [new SnapshotBegin([ObjectKind.Guest]), .. guests.Select(g => new Seen(g)), new SnapshotComplete()]);
            return Task.CompletedTask;
        });
        await WithInventoryAsync(async inventory =>
        {
            foreach (var guest in guests)
            {
                var loaded = inventory.Get<Guest>(guest.Id)!;
                Assert.Equal((Presence.Unreachable, guest.ObservedAt), (loaded.Presence, loaded.ObservedAt));
                Assert.Empty(GuestDifference.Of(guest, loaded with { Presence = Presence.Present }));
            }
            var (last, writes) = (inventory.Events.LastSequence, inventory.StoreWrites);
            inventory.Apply("lab", [new SnapshotBegin([ObjectKind.Guest]), .. guests.Select(g => new Seen(g)), new SnapshotComplete()]);
            await inventory.FlushAsync(Token);
            Assert.Equal(Presence.Present, inventory.Get<Guest>(guests[0].Id)!.Presence);
            Assert.True(inventory.Events.LastSequence > last);
            Assert.Equal(writes, inventory.StoreWrites);
            Assert.Equal(1, (await inventory.HistoryAsync(guests[0].Id, 10, null, Token)).Total);
        });
    }

    [Fact]
    public async Task Nothing_is_written_when_nothing_changed()
    {
        var estate = new RandomEstate(22);
        var guests = Enumerable.Range(0, 200).Select(i => estate.Next("lab", i)).ToArray();
        var native = Encoding.UTF8.GetBytes("{\"vendor\":1}");
        await WithInventoryAsync(async inventory =>
        {
            Change[] listing = [new SnapshotBegin([ObjectKind.Guest]), .. guests.Select(g => new Seen(g, native)), new SnapshotComplete()];
            inventory.Apply("lab", listing);
            await inventory.FlushAsync(Token);
            var writes = inventory.StoreWrites;
            for (var i = 0; i < 3; i++)
            {
                inventory.Apply("lab", listing);
                await inventory.FlushAsync(Token);
            }
            Assert.Equal(writes, inventory.StoreWrites);
        });
    }

    [Fact]
    public async Task History_says_what_changed_from_what_to_what_and_pages_back()
    {
        var guest = new RandomEstate(23).Next("lab", 1) with { Vcpus = 0 };
        await WithInventoryAsync(async inventory =>
        {
            for (var i = 1; i <= 5; i++)
            {
                inventory.Apply("lab", [new Seen(guest with { Vcpus = i })]);
                await inventory.FlushAsync(Token);
            }
        });
        await WithInventoryAsync(async inventory =>
        {
            var first = await inventory.HistoryAsync(guest.Id, 3, null, Token);
            var second = await inventory.HistoryAsync(guest.Id, 3, first.NextCursor, Token);

            Assert.Equal((5, 5), (first.Total, first.Items.Length + second.Items.Length));
            Assert.Equal([new FieldChange("vcpus", "4", "5")], first.Items[0].Changes);
            Assert.Equal(EventKind.Added, second.Items[^1].Kind);
            Assert.Null(second.NextCursor);
            await Assert.ThrowsAsync<QueryException>(() => inventory.HistoryAsync(guest.Id, 3, "garbage", Token));
        });
    }

    [Fact]
    public async Task The_sequence_goes_on_after_a_restart_and_a_subscriber_resumes_across_it()
    {
        var guest = new RandomEstate(24).Next("lab", 1) with { Vcpus = 0 };
        long position = 0;
        await WithInventoryAsync(async inventory =>
        {
            inventory.Apply("lab", [new Seen(guest)]);
            await inventory.FlushAsync(Token);
            position = inventory.Events.LastSequence;
            inventory.Apply("lab", [new Seen(guest with { Vcpus = 7 })]);
        });
        await WithInventoryAsync(async inventory =>
        {
            Assert.True(inventory.Events.LastSequence > position);
            using var subscription = await inventory.Events.OpenAsync(position, null, Token);
            Assert.True(await subscription.WaitToReadAsync(Token));
            Assert.True(subscription.TryRead(out var missed));
            Assert.Equal([new FieldChange("vcpus", "0", "7")], missed.Event.Changes);

            inventory.Events.Publish(EventKind.Task, "task", "t", null);
            Assert.True(await subscription.WaitToReadAsync(Token));
            Assert.True(subscription.TryRead(out var live));
            Assert.Equal("t", live.Event.SubjectId);
            Assert.True(live.Sequence > missed.Sequence);
        });
    }

    [Fact]
    public async Task Tags_that_we_keep_hold_whatever_the_provider_shows_and_outlive_the_process()
    {
        var guest = new RandomEstate(26).Next("lab", 1) with { Tags = ImmutableDictionary<string, string>.Empty };
        await WithInventoryAsync(async inventory =>
        {
            inventory.Apply("lab", [new Seen(guest)]);
            await inventory.SetTagsAsync("lab", guest.Id, ImmutableDictionary<string, string>.Empty.Add("env", "prod"), Token);
            Assert.Equal("prod", inventory.Get<Guest>(guest.Id)!.Tags["env"]);
            inventory.Apply("lab", [new Seen(guest with { Vcpus = guest.Vcpus + 1 })]);
            Assert.Equal("prod", inventory.Get<Guest>(guest.Id)!.Tags["env"]);
        });
        foreach (var file in Directory.EnumerateFiles(_directory, "estate.db*"))
            File.Delete(file);
        await WithInventoryAsync(inventory =>
        {
            inventory.Apply("lab", [new Seen(guest)]);
            Assert.Equal("prod", inventory.Get<Guest>(guest.Id)!.Tags["env"]);
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("missing for long")]
    [InlineData("forgotten with its provider")]
    public async Task Tags_that_we_keep_go_with_their_guest_and_are_no_other_guests(string how)
    {
        var guest = new RandomEstate(26).Next("lab", 1) with { Tags = ImmutableDictionary<string, string>.Empty };
        await WithInventoryAsync(async inventory =>
        {
            inventory.Apply("lab", [new Seen(guest)]);
            await inventory.SetTagsAsync("lab", guest.Id, ImmutableDictionary<string, string>.Empty.Add("env", "prod"), Token);
            switch (how)
            {
                case "deleted":
                    inventory.Apply("lab", [new Gone(ObjectKind.Guest, guest.NativeId)]);
                    break;
                case "missing for long":
                    for (var i = 0; i < 2; i++)
                        inventory.Apply("lab", [new SnapshotBegin([ObjectKind.Guest]), new SnapshotComplete()]);
                    Assert.Equal(Presence.Missing, inventory.Get<Guest>(guest.Id)!.Presence);
                    _clock.Advance(new InventoryOptions().MissingRetention + TimeSpan.FromMinutes(2));
                    break;
                default:
                    inventory.Forget("lab");
                    break;
            }
            Assert.Null(inventory.Get<Guest>(guest.Id));
            inventory.Apply("lab", [new Seen(guest)]);
            Assert.Empty(inventory.Get<Guest>(guest.Id)!.Tags);
            await inventory.FlushAsync(Token);
        });
        await WithInventoryAsync(inventory =>
        {
            inventory.Apply("lab", [new Seen(guest)]);
            Assert.Empty(inventory.Get<Guest>(guest.Id)!.Tags);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_system_that_has_learnt_to_keep_tags_is_believed()
    {
        var guest = new RandomEstate(26).Next("lab", 1) with { Tags = ImmutableDictionary<string, string>.Empty };
        await WithInventoryAsync(async inventory =>
        {
            await inventory.SetTagsAsync("lab", guest.Id, ImmutableDictionary<string, string>.Empty.Add("env", "prod"), Token);
            inventory.TagsAreOurs = provider => provider != "lab";
            inventory.Apply("lab", [new Seen(guest with { Tags = ImmutableDictionary<string, string>.Empty.Add("env", "test") })]);
            Assert.Equal("test", inventory.Get<Guest>(guest.Id)!.Tags["env"]);
        });
    }

    [Fact]
    public async Task Of_a_task_its_beginning_and_its_end_are_in_the_history()
    {
        var task = new TaskInfo { Id = "01task", Kind = "guest.start", Target = new TaskTarget("guest", "g", "web"), Actor = "me", CreatedAt = RandomEstate.Epoch };
        long position = 0;
        await WithInventoryAsync(async inventory =>
        {
            position = inventory.Events.LastSequence;
            foreach (var state in new[] { TaskState.Queued, TaskState.Running, TaskState.Succeeded })
                inventory.Events.Publish(EventKind.Task, "task", task.Id, "web", "lab", $"guest.start {state}", task with { State = state });
            await inventory.FlushAsync(Token);
        });
        await WithInventoryAsync(async inventory =>
        {
            using var subscription = await inventory.Events.OpenAsync(position, null, Token);
            List<Event> told = [];
            while (told.Count < 2 && await subscription.WaitToReadAsync(Token))
                while (subscription.TryRead(out var item))
                    told.Add(item.Event);
            Assert.Equal(["guest.start Queued", "guest.start Succeeded"], told.Select(e => e.Text));
            Assert.All(told, e => Assert.Equal(("task", "01task", "web", "01task"), (e.Subject, e.SubjectId, e.SubjectName, e.Task)));
        });
    }

    [Fact]
    public async Task A_store_that_hangs_lets_no_history_pile_up()
    {
        await using var database = await Database.OpenAsync(new StoreOptions { Directory = _directory }, NullLoggerFactory.Instance, Token);
        await using var inventory = await EstateInventory.OpenAsync(database, new InventoryOptions { MostHistoryWaiting = 100 }, _clock, NullLogger<EstateInventory>.Instance, Token);
        using var held = new ManualResetEventSlim();
        var hanging = database.Estate.WriteAsync(
            _ =>
            {
                held.Wait(Token);
                return true;
            },
            Token
        );
        try
        {
            // What one write took away hangs with it; what comes after that waits, and is bounded.
            for (var i = 0; i < 1000; i++)
                inventory.Events.Publish(EventKind.Provider, "provider", "lab", "lab", "lab", $"{i}");
            Assert.InRange(inventory.StoreHealth!.Value.Dropped, 1, 1000);
            Assert.False(inventory.StoreHealth.Value.Failing);
        }
        finally
        {
            held.Set();
        }
        Assert.True(await hanging);
    }

    [Fact]
    public async Task Native_documents_and_other_objects_come_back_and_go_with_their_object()
    {
        var guest = new RandomEstate(25).Next("lab", 1);
        var id = new NativeId("host-1");
        var host = new Host { Id = ObjectId.Derive(ObjectKind.Host, "lab", id), NativeId = id, Name = "kvm1", Provider = "lab", Memory = 1L << 40, Numa = [new NumaCell(0, 1, 2)] };
        var native = Encoding.UTF8.GetBytes("{\"annotation\":\"" + new string('x', 3000) + "\"}");
        await WithInventoryAsync(async inventory =>
        {
            inventory.Apply("lab", [new Seen(guest, native), new Seen(host)]);
            Assert.Equal(native, (await inventory.NativeAsync(guest.Id, Token))!.Json.ToArray());
        });
        await WithInventoryAsync(async inventory =>
        {
            Assert.Equal(native, (await inventory.NativeAsync(guest.Id, Token))!.Json.ToArray());
            Assert.Equal(("kvm1", Presence.Unreachable, 1), (inventory.Get<Host>(host.Id)!.Name, inventory.Get<Host>(host.Id)!.Presence, inventory.Get<Host>(host.Id)!.Numa.Length));
            inventory.Apply("lab", [new Gone(ObjectKind.Guest, guest.NativeId), new Gone(ObjectKind.Host, id)]);
        });
        await WithInventoryAsync(async inventory =>
        {
            Assert.Null(inventory.Get<Guest>(guest.Id));
            Assert.Null(inventory.Get<Host>(host.Id));
            Assert.Null(await inventory.NativeAsync(guest.Id, Token));
        });
    }

    [Fact]
    public async Task What_was_missing_is_missing_after_a_restart_and_old_history_is_dropped()
    {
        var estate = new RandomEstate(26);
        var (stays, goes) = (estate.Next("lab", 1), estate.Next("lab", 2));
        await WithInventoryAsync(inventory =>
        {
            inventory.Apply("lab", [new SnapshotBegin([ObjectKind.Guest]), new Seen(stays), new Seen(goes), new SnapshotComplete()]);
            for (var i = 0; i < 2; i++)
                inventory.Apply("lab", [new SnapshotBegin([ObjectKind.Guest]), new Seen(stays), new SnapshotComplete()]);
            return Task.CompletedTask;
        });
        await WithInventoryAsync(inventory =>
        {
            Assert.Equal(Presence.Missing, inventory.Get<Guest>(goes.Id)!.Presence);
            Assert.Equal(Presence.Unreachable, inventory.Get<Guest>(stays.Id)!.Presence);
            return Task.CompletedTask;
        });
    }

    private async Task WithInventoryAsync(Func<EstateInventory, Task> work)
    {
        await using var database = await Database.OpenAsync(new StoreOptions { Directory = _directory }, NullLoggerFactory.Instance, Token);
        await using var inventory = await EstateInventory.OpenAsync(database, new InventoryOptions(), _clock, NullLogger<EstateInventory>.Instance, Token);
        await work(inventory);
    }
}
