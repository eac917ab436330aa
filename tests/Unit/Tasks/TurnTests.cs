using Anyvisor.Core.Access;
using Anyvisor.Core.Images;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks;

/// <summary>Who may work on what at once, and who waits for whom.</summary>
public sealed class TurnTests
{
    private static readonly Ask Admin = new(new Caller("boss", Role.Admin, "127.0.0.1"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Ask Plain => new(FakeServer.Operator);

    [Fact]
    public void Those_who_share_a_lane_work_together_and_who_wants_it_alone_waits_for_all_of_them()
    {
        var (shared, lanes) = (TaskLane.Shared("a"), new TaskLanes());
        Assert.True(lanes.TryTake("one", [shared], out _));
        Assert.True(lanes.TryTake("two", [shared], out _));
        Assert.False(lanes.TryTake("alone", ["a"], out var inTheWay));
        Assert.Equal("one", inTheWay);
        Assert.False(lanes.LineUp("alone", ["a"]));
        Assert.False(lanes.TryTake("three", [shared], out inTheWay));
        Assert.Equal("alone", inTheWay);
        Assert.False(lanes.LineUp("three", [shared]));
        Assert.False(lanes.LineUp("four", [shared]));
        Assert.True(lanes.HasTurn("two"));

        Assert.Empty(lanes.Leave("one"));
        Assert.Equal(["alone"], lanes.Leave("two"));
        Assert.Equal(["four", "three"], lanes.Leave("alone").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_provider_is_not_removed_under_work_and_no_work_begins_while_it_is_to_go()
    {
        var system = new FakeSystem(1);
        await using var server = await FakeServer.StartAsync(system);
        var held = Hold(system);
        var making = (await server.Guests.CreateAsync(Request("web"), Plain, Token)).Task!;

        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Providers.RemoveAsync(FakeSystem.Provider, Admin, Token));
        Assert.Equal([making.Id], refused.Problem.Candidates);
        var concern = Assert.Single((await server.Providers.RemoveAsync(FakeSystem.Provider, Admin with { DryRun = true }, Token)).Plan!.Concerns);
        Assert.Contains(making.Id, concern.Assessment, StringComparison.Ordinal);

        var removal = (await server.Providers.RemoveAsync(FakeSystem.Provider, Admin with { Queue = true }, Token)).Task!;
        var late = await Assert.ThrowsAsync<CommandException>(() => server.Guests.CreateAsync(Request("db"), Plain, Token));
        Assert.Equal([removal.Id], late.Problem.Candidates);
        Assert.True(server.Registry.Has(FakeSystem.Provider));

        held.SetResult();
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(making.Id, Token)).State);
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(removal.Id, Token)).State);
        Assert.False(server.Registry.Has(FakeSystem.Provider));
    }

    [Fact]
    public async Task A_provider_that_a_guest_is_brought_to_is_not_removed()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        await server.AddProviderAsync("second");
        var native = new NativeId("far");
        var far = new Host { Id = ObjectId.Derive(ObjectKind.Host, "second", native), NativeId = native, Name = "far", Provider = "second" };
        server.Inventory.Apply("second", [new Seen(far)]);
        var held = Hold(system);
        await server.Guests.CloneAsync("web", new CloneGuest("copy"), Plain, Token);
        var migration = (await server.Guests.MigrateAsync("web", new MigrateGuest("second/far"), Plain with { Queue = true }, Token)).Task!;

        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Providers.RemoveAsync("second", Admin, Token));

        Assert.Equal([migration.Id], refused.Problem.Candidates);
        held.SetResult();
        await server.Engine.WaitAsync(migration.Id, Token);
    }

    [Fact]
    public async Task Two_images_of_one_name_are_not_made_at_once_however_they_are_made()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        system.AddGuest("db", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var held = Hold(system);
        var first = (await server.Guests.CaptureAsync("web", new CaptureGuest("golden"), Plain, Token)).Task!;

        var second = await Assert.ThrowsAsync<CommandException>(() => server.Guests.CaptureAsync("db", new CaptureGuest("golden"), Plain, Token));
        var import = await Assert.ThrowsAsync<CommandException>(() => ImportAsync(server, "golden", Plain));

        Assert.Equal([first.Id], second.Problem.Candidates);
        Assert.Equal([first.Id], import.Problem.Candidates);
        held.SetResult();
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(first.Id, Token)).State);
    }

    [Fact]
    public async Task A_task_that_can_not_let_go_of_what_it_held_holds_nobody_up()
    {
        var system = new FakeSystem(1);
        await using var server = await FakeServer.StartAsync(system);
        var held = Hold(system);
        await ImportAsync(server, "disk", Plain);
        var before = Directory.GetFiles(server.Database.Directory.Spool);
        var second = (await ImportAsync(server, "disk", Plain with { Queue = true })).Task!;
        var file = Directory.GetFiles(server.Database.Directory.Spool).Except(before, StringComparer.Ordinal).Single();
        File.Delete(file);
        Directory.CreateDirectory(file);
        await server.Engine.CancelAsync(second.Id, Token);
        Assert.Equal(TaskState.Cancelled, (await server.Engine.WaitAsync(second.Id, Token)).State);
        held.SetResult();

        var third = (await ImportAsync(server, "disk", Plain with { Queue = true })).Task!;

        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(third.Id, Token).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token)).State);
    }

    private static TaskCompletionSource Hold(FakeSystem system)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        system.Between = _ => held.Task;
        return held;
    }

    private static Task<CommandAnswer> ImportAsync(FakeServer server, string name, Ask ask)
    {
        var disk = new byte[4096];
        (disk[510], disk[511]) = (0x55, 0xaa);
        return server.Images.ImportAsync(new ImageUpload { Name = name, Provider = FakeSystem.Provider }, new MemoryStream(disk), null, ask, Token);
    }

    private static CreateGuest Request(string name) => new() { Name = name, Provider = FakeSystem.Provider, Vcpus = 1, Memory = 1 << 30 };
}
