using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>The life of guests on a real QEMU host. None has to boot: its state is enough.</summary>
[Collection(Lab.OneAtATime)]
public sealed class GuestTests(Lab lab) : IClassFixture<Lab>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_is_made_started_paused_suspended_and_deleted_without_leftovers()
    {
        _ = LiveBed.Url("qemu");
        var name = Lab.NewName("life");
        var guest = await lab.CreateAsync(Lab.Request(name, start: true) with { Tags = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("env", "test") });
        Assert.Equal((1, 64L << 20, Lab.Image, "test"), (guest.Vcpus, guest.Memory, Assert.Single(guest.Images), guest.Tags["env"]));
        Assert.Equal(Virtualization.Emulated, guest.Virtualization);
        Assert.NotNull(guest.CreatedAt);
        guest = await lab.Watcher.GuestAsync(name, g => g.Disks.Length == 1 && g.Disks[0].Capacity == 16 << 20);
        await lab.Connection.PauseAsync(guest, Token);
        await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.Paused);
        await lab.Connection.ResumeAsync(guest, Token);
        await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.On);
        await lab.Connection.SuspendAsync(guest, Token);
        await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.Suspended);
        await lab.Connection.ResumeAsync(guest, Token);
        await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.On);
        await lab.Connection.ResetAsync(guest, Token);
        var consoles = await lab.Connection.ListConsolesAsync(guest, Token);
        Assert.All(consoles, c => Assert.True(c.Available, c.Reason?.Text));
        await using (var screen = await lab.Connection.OpenConsoleAsync(guest, ConsoleKind.Vnc, Token))
        {
            var hello = new byte[12];
            await screen.ReadExactlyAsync(hello, Token);
            Assert.StartsWith("RFB 003.", System.Text.Encoding.ASCII.GetString(hello), StringComparison.Ordinal);
        }
        await using (await lab.Connection.OpenConsoleAsync(guest, ConsoleKind.Serial, Token))
        {
            // A guest that is busy with another call tells less, so that one that hangs holds nobody up.
            GuestMetrics metrics;
            do
                metrics = (await lab.Connection.ReadMetricsAsync([guest.NativeId], Token))[guest.NativeId];
            while (metrics.MemoryResident is null);
            Assert.True(metrics.MemoryResident > 0);
        }
        await lab.DeleteAsync(guest);
        await lab.Watcher.SeenAsync<Driver.Watching.Gone>(g => g.NativeId == guest.NativeId);
        Assert.Empty(await lab.DisksAsync(name));
        Assert.Null(await lab.Connection.ReadGuestAsync(guest.NativeId, Token));
    }

    [Fact]
    public async Task Every_step_of_a_create_can_be_run_twice_inspected_and_undone()
    {
        _ = LiveBed.Url("qemu");
        var (name, task) = (Lab.NewName("steps"), Lab.NewName("t"));
        var secret = new Secret("#cloud-config\nhostname: x\n");
        var work = new PlanRunner(lab.Connection, task) { Secrets = System.Collections.Immutable.ImmutableDictionary<string, Secret>.Empty.Add(GuestSettings.UserData, secret) };
        var request = Lab.Request(name, start: true);
        var plan = await lab.Connection.PlanCreateAsync(request with { Settings = request.Settings.Add(GuestSettings.UserData, "") }, task, Token);
        Assert.Contains(plan.Steps, s => s.Name == "seed");
        Assert.DoesNotContain(plan.Steps, s => s.Arguments.Values.Any(v => v.Contains("hostname: x", StringComparison.Ordinal)));
        for (var done = 0; done < plan.Steps.Length; done++)
        {
            await lab.Connection.RunStepAsync(plan.Steps[done], work.Context, Token);
            await lab.Connection.RunStepAsync(plan.Steps[done], work.Context, Token);
            var states = await work.InspectAsync(plan, Token);
            Assert.All(states[..(done + 1)], s => Assert.NotEqual(WorkStepState.NotDone, s));
            Assert.All(states[(done + 1)..], s => Assert.Equal(WorkStepState.NotDone, s));
        }
        await work.UndoAsync(plan, Token);
        await work.UndoAsync(plan, Token);
        Assert.Empty(await lab.DisksAsync(name));
        Assert.Null(await lab.Connection.ReadGuestAsync(plan.Makes!.Value, Token));
    }

    [Fact]
    public async Task What_can_not_be_made_is_refused_before_anything_is_done()
    {
        _ = LiveBed.Url("qemu");
        var good = Lab.Request(Lab.NewName("no"));
        await RefusedAsync(good with { Image = "nosuch" }, ProviderError.NotFound, Lab.Image);
        await RefusedAsync(good with { Memory = 1L << 50 }, ProviderError.CapacityExceeded, "GiB");
        await RefusedAsync(good with { Vcpus = 100_000 }, ProviderError.CapacityExceeded, "100000");
        await RefusedAsync(good with { Disk = 1 << 20 }, ProviderError.InvalidArgument, "too small");
        await RefusedAsync(good with { Networks = ["nosuch"] }, ProviderError.NotFound, "user");
        await RefusedAsync(good with { Datastore = "nosuch" }, ProviderError.NotFound, "anyvisor-images");
        await RefusedAsync(good with { Host = "nosuch" }, ProviderError.NotFound, "There is:");
        await RefusedAsync(good with { Name = "a/b" }, ProviderError.InvalidArgument, "a/b");
        await RefusedAsync(good with { Settings = good.Settings.Add("arch", "sparcv9") }, ProviderError.InvalidArgument, "x86_64");
        await RefusedAsync(good with { Settings = good.Settings.Add("colour", "red") }, ProviderError.InvalidArgument, "firmware");
        var there = await lab.CreateAsync(good);
        await RefusedAsync(good, ProviderError.Conflict, good.Name);
        await lab.DeleteAsync(there);
    }

    private async Task RefusedAsync(CreateGuest request, ProviderError error, string mentions)
    {
        var e = await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanCreateAsync(request, "t", Token));
        Assert.Equal(error, e.Error);
        Assert.Contains(mentions, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rename_resize_and_tags_are_seen()
    {
        _ = LiveBed.Url("qemu");
        var guest = await lab.CreateAsync(Lab.Request(Lab.NewName("change")));
        Assert.Equal(ResizeOutcome.Applied, await lab.Connection.ResizeAsync(guest, 2, 96 << 20, Token));
        await lab.Watcher.GuestAsync(guest.Name, g => g is { Vcpus: 2, Memory: 96 << 20 });
        Assert.Equal(ResizeOutcome.Applied, await lab.Connection.ResizeAsync(guest, 1, 64 << 20, Token));
        await lab.Watcher.GuestAsync(guest.Name, g => g is { Vcpus: 1, Memory: 64 << 20 });
        await lab.Connection.SetTagsAsync(guest, guest.Tags.Add("a", "<1>"), Token);
        await lab.Watcher.GuestAsync(guest.Name, g => g.Tags.GetValueOrDefault("a") == "<1>" && g.Images.Length == 1);
        var name = guest.Name + "-new";
        await lab.Connection.RenameAsync(guest, name, Token);
        guest = await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.Off);
        await lab.Connection.StartAsync(guest, Token);
        guest = await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.On);
        Assert.False(lab.Connection.Judge(Verb.Rename, guest).Allowed);
        Assert.Equal(ResizeOutcome.AtNextStart, await lab.Connection.ResizeAsync(guest, 2, 128 << 20, Token));
        await lab.Connection.StopAsync(guest, Token);
        await lab.Watcher.GuestAsync(name, g => g is { Power: PowerState.Off, Vcpus: 2, Memory: 128 << 20 });
        await lab.DeleteAsync(guest);
    }

    [Fact]
    public async Task A_running_guest_gets_processors_at_once_up_to_its_room_and_beyond_at_its_next_start()
    {
        _ = LiveBed.Url("qemu");
        var request = Lab.Request(Lab.NewName("grow"), start: true);
        var guest = await lab.CreateAsync(request);
        Assert.Equal(1, guest.Vcpus);
        Assert.Equal(ResizeOutcome.Applied, await lab.Connection.ResizeAsync(guest, 3, null, Token));
        guest = await lab.Watcher.GuestAsync(guest.Name, g => g is { Vcpus: 3, Power: PowerState.On });
        Assert.Equal(ResizeOutcome.AtNextStart, await lab.Connection.ResizeAsync(guest, 6, null, Token));
        Assert.Equal(3, (await lab.Connection.ReadGuestAsync(guest.NativeId, Token))!.Vcpus);
        await lab.Connection.StopAsync(guest, Token);
        await lab.Watcher.GuestAsync(guest.Name, g => g is { Vcpus: 6, Power: PowerState.Off });
        await lab.DeleteAsync(guest);
        var small = await lab.CreateAsync(request with { Name = Lab.NewName("fixed"), Settings = request.Settings.Add("max-vcpus", "1") });
        Assert.Equal(ResizeOutcome.AtNextStart, await lab.Connection.ResizeAsync(small, 2, null, Token));
        await lab.DeleteAsync(small);
        await RefusedAsync(request with { Vcpus = 2, Settings = request.Settings.Add("max-vcpus", "1") }, ProviderError.InvalidArgument, "at least the 2");
    }

    [Fact]
    public async Task A_running_guest_goes_back_to_its_snapshot_and_an_interrupted_revert_can_be_told()
    {
        _ = LiveBed.Url("qemu");
        var guest = await lab.CreateAsync(Lab.Request(Lab.NewName("snap"), start: true));
        await Lab.RunAsync(lab.Connection, await lab.Connection.PlanSnapshotAsync(guest, new CreateSnapshot("one", "the first"), "t1", Token), "t1");
        var seen = await lab.Watcher.SeenAsync<Driver.Watching.Seen>(s => s.Object is Snapshot { Name: "one", Current: true } one && one.Guest == guest.Id);
        var snapshot = (Snapshot)seen.Object;
        Assert.Equal((SnapshotConsistency.Memory, PowerState.On, "the first", true), (snapshot.Consistency, snapshot.Power, snapshot.Description, snapshot.Current));
        var twice = await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanSnapshotAsync(guest, new CreateSnapshot("one"), "t2", Token));
        Assert.Equal(ProviderError.Conflict, twice.Error);
        await lab.Connection.StopAsync(guest, Token);
        await lab.Watcher.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
        var plan = await lab.Connection.PlanRevertAsync(guest, snapshot, "t3", Token);
        var work = new PlanRunner(lab.Connection, "t3");
        Assert.Equal([WorkStepState.NotDone, WorkStepState.Done], await work.InspectAsync(plan, Token));
        await lab.Connection.RunStepAsync(plan.Steps[0], work.Context, Token);
        Assert.Equal([WorkStepState.Done, WorkStepState.NotDone], await work.InspectAsync(plan, Token));
        await lab.Connection.RunStepAsync(plan.Steps[1], work.Context, Token);
        Assert.Equal(WorkStepState.Done, (await work.InspectAsync(plan, Token))[1]);
        await lab.Watcher.GuestAsync(guest.Name, g => g.Power == PowerState.On);
        await Lab.RunAsync(lab.Connection, await lab.Connection.PlanSnapshotDeleteAsync(guest, snapshot, "t4", Token), "t4");
        await lab.Watcher.SeenAsync<Driver.Watching.Gone>(g => g.NativeId == snapshot.NativeId);
        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_clone_is_another_guest_and_both_can_be_deleted_in_any_order(bool linked, bool running)
    {
        _ = LiveBed.Url("qemu");
        var source = await lab.CreateAsync(Lab.Request(Lab.NewName("src"), start: running));
        var name = Lab.NewName("clone");
        var plan = await lab.Connection.PlanCloneAsync(source, new CloneGuest(name, linked), "t5", Token);
        var work = new PlanRunner(lab.Connection, "t5");
        foreach (var step in plan.Steps)
        {
            await lab.Connection.RunStepAsync(step, work.Context, Token);
            await lab.Connection.RunStepAsync(step, work.Context, Token);
        }
        var clone = await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.Off);
        Assert.NotEqual(source.Nics[0].Mac, clone.Nics[0].Mac);
        Assert.NotEqual(source.Id, clone.Id);
        await lab.Connection.StartAsync(clone, Token);
        await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.On);
        await lab.DeleteAsync(source);
        await lab.DeleteAsync(clone);
        Assert.Empty(await lab.DisksAsync(source.Name));
        Assert.Empty(await lab.DisksAsync(name));
    }

    [Fact]
    public async Task A_clone_that_is_undone_leaves_its_source_as_it_was()
    {
        _ = LiveBed.Url("qemu");
        var source = await lab.CreateAsync(Lab.Request(Lab.NewName("src")));
        var task = Lab.NewName("undone");
        var plan = await lab.Connection.PlanCloneAsync(source, new CloneGuest(Lab.NewName("clone")), task, Token);
        var work = new PlanRunner(lab.Connection, task);
        await work.RunAsync(plan, Token);
        await work.UndoAsync(plan, Token);
        Assert.Null(await lab.Connection.ReadGuestAsync(plan.Makes!.Value, Token));
        await lab.Connection.StartAsync(source, Token);
        await lab.DeleteAsync(source);
        Assert.Empty(await lab.DisksAsync(task));
    }

    [Fact]
    public async Task An_image_in_use_is_not_deleted()
    {
        _ = LiveBed.Url("qemu");
        var guest = await lab.CreateAsync(Lab.Request(Lab.NewName("uses")));
        var seen = await lab.Watcher.SeenAsync<Driver.Watching.Seen>(s => s.Object is Image { Name: Lab.Image });
        var image = (Image)seen.Object;
        Assert.Equal((Architecture.X86_64, 16L << 20, "for tests"), (image.Arch, image.Capacity!.Value, image.Description!));
        var e = await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanImageDeleteAsync(image, "t7", Token));
        Assert.Equal(ProviderError.Conflict, e.Error);
        Assert.Contains(guest.Name, e.Message, StringComparison.Ordinal);
        await lab.DeleteAsync(guest);
    }
}
