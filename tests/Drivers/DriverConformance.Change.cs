using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

public abstract partial class DriverConformance<TBed>
{
    [Fact]
    public async Task A_guest_that_is_off_gets_another_name_and_keeps_its_identity()
    {
        var rename = Facet<IGuestRename>();
        await WithGuestAsync(
            "rename",
            async guest =>
            {
                Require(Verb.Rename, guest);
                await rename.RenameAsync(guest, guest.Name + "-two", Token);
                var renamed = await Bed.Watch.GuestAsync(guest.Name + "-two", _ => true);
                Assert.Equal(guest.Id, renamed.Id);
                await rename.RenameAsync(renamed, guest.Name, Token);
                await Bed.Watch.GuestAsync(guest.Name, _ => true);
            }
        );
    }

    [Fact]
    public async Task A_guest_that_is_off_gets_more_and_less_memory()
    {
        var resize = Facet<IGuestResize>();
        await WithGuestAsync(
            "resize",
            async guest =>
            {
                Require(Verb.Resize, guest);
                Assert.Equal(ResizeOutcome.Applied, await resize.ResizeAsync(guest, null, guest.Memory * 2, Token));
                await Bed.Watch.GuestAsync(guest.Name, g => g.Memory == guest.Memory * 2);
                Assert.Equal(ResizeOutcome.Applied, await resize.ResizeAsync(guest, null, guest.Memory, Token));
                await Bed.Watch.GuestAsync(guest.Name, g => g.Memory == guest.Memory);
                var e = await Assert.ThrowsAsync<ProviderException>(() => resize.ResizeAsync(guest, null, 1L << 60, Token));
                Assert.Equal(ProviderError.CapacityExceeded, e.Error);
            }
        );
    }

    [Fact]
    public async Task A_guest_is_promised_more_and_less_processing()
    {
        var entitlement = Facet<IGuestEntitlement>();
        await WithGuestAsync(
            "entitle",
            async guest =>
            {
                Require(Verb.Resize, guest);
                Assert.SkipWhen(guest.Entitlement is not { Mode: EntitlementMode.Shared, Units: > 0 }, "The bed's guests are promised nothing.");
                var units = guest.Entitlement!.Units!.Value;
                await entitlement.ResizeAsync(guest, null, null, units * 2, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Entitlement?.Units == units * 2);
                await entitlement.ResizeAsync(guest, null, null, units, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Entitlement?.Units == units);
                var e = await Assert.ThrowsAsync<ProviderException>(() => entitlement.ResizeAsync(guest, null, null, 4000, Token));
                Assert.True(e.Error is ProviderError.CapacityExceeded or ProviderError.InvalidArgument, e.Message);
            }
        );
    }

    [Fact]
    public async Task A_guest_becomes_an_image_and_stays_as_it_is()
    {
        var capture = Facet<IGuestCapture>();
        await WithGuestAsync(
            "capture",
            async made =>
            {
                var guest = made;
                if (Bed.CapturesRunning && Bed.Connection.Judge(Verb.Capture, made).Level is not (ActionLevel.None or ActionLevel.ReadOnly))
                {
                    await StartAsync(Facet<IGuestPower>(), made);
                    guest = await Bed.Watch.GuestAsync(made.Name, g => g.Power == PowerState.On);
                }
                Require(Verb.Capture, guest);
                var task = PlanRunner.NewTask();
                var runner = new PlanRunner(capture, task);
                var name = Bed.ImageName(guest.Name);
                var plan = await capture.PlanCaptureAsync(guest, new CaptureGuest(name), task, Token);
                await runner.RunTwiceAsync(plan, Token);
                var image = await Bed.Watch.ObjectAsync<Image>(i => i.Name == name);
                Assert.Equal(guest.Arch, image.Arch);
                Assert.Equal(guest.Power, (await Bed.Connection.ReadGuestAsync(guest.NativeId, Token))!.Power);
                var e = await Assert.ThrowsAsync<ProviderException>(() => capture.PlanCaptureAsync(guest, new CaptureGuest(name), "t", Token));
                Assert.Equal(ProviderError.Conflict, e.Error);
                await runner.UndoAsync(plan, Token);
                await runner.UndoAsync(plan, Token);
                await Bed.Watch.SeenAsync<Gone>(g => g.NativeId == image.NativeId);
            }
        );
    }

    [Fact]
    public async Task Tags_are_kept_by_the_system()
    {
        var tags = Facet<ITags>();
        await WithGuestAsync(
            "tags",
            async guest =>
            {
                Require(Verb.Tag, guest);
                var wanted = ImmutableDictionary<string, string>.Empty.Add("env", "prod & more").Add("owner", "");
                await tags.SetTagsAsync(guest, wanted, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Tags.Count == 2 && g.Tags["env"] == "prod & more");
                await tags.SetTagsAsync(guest, ImmutableDictionary<string, string>.Empty, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Tags.IsEmpty);
            }
        );
    }

    [Fact]
    public async Task A_create_can_be_repeated_inspected_and_undone_at_every_step()
    {
        var create = Facet<IGuestCreate>();
        var name = NewName("create");
        var request = Bed.NewGuest(name);
        Assert.SkipWhen(request is null, "The bed makes no guests.");
        var task = PlanRunner.NewTask();
        var runner = new PlanRunner(create, task);
        var plan = await create.PlanCreateAsync(request, task, Token);
        Assert.NotEmpty(plan.Steps);
        Assert.Distinct(plan.Steps.Select(s => s.Name));
        await runner.RunTwiceAsync(plan, Token);
        var made = await Bed.Watch.GuestAsync(name, _ => true);
        if (plan.Makes is { } promised)
            Assert.Equal(promised, made.NativeId);
        await runner.UndoAsync(plan, Token);
        await runner.UndoAsync(plan, Token);
        await Bed.Watch.SeenAsync<Gone>(g => g.NativeId == made.NativeId);
        Assert.Null(await Bed.Connection.ReadGuestAsync(made.NativeId, Token));
    }

    [Fact]
    public async Task A_name_that_exists_is_a_Conflict_before_anything_is_done()
    {
        var create = Facet<IGuestCreate>();
        await WithGuestAsync(
            "exists",
            async guest =>
            {
                var request = Bed.NewGuest(guest.Name);
                Assert.SkipWhen(request is null, "The bed makes no guests.");
                var e = await Assert.ThrowsAsync<ProviderException>(() => create.PlanCreateAsync(request, "t", Token));
                Assert.Equal(ProviderError.Conflict, e.Error);
                Assert.Contains(guest.Name, e.Message, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task A_guest_is_deleted_and_said_to_be_gone()
    {
        var delete = Facet<IGuestDelete>();
        await WithGuestAsync(
            "delete",
            async guest =>
            {
                Require(Verb.Delete, guest);
                var plan = await delete.PlanDeleteAsync(guest, keepDisks: false, "t", Token);
                var runner = new PlanRunner(delete, "t");
                await runner.RunTwiceAsync(plan, Token);
                Assert.All(await runner.InspectAsync(plan, Token), s => Assert.Equal(WorkStepState.Done, s));
                await Bed.Watch.SeenAsync<Gone>(g => g.NativeId == guest.NativeId);
                Assert.Null(await Bed.Connection.ReadGuestAsync(guest.NativeId, Token));
            }
        );
    }

    [Fact]
    public async Task A_clone_is_another_guest()
    {
        var clone = Facet<IGuestClone>();
        await WithGuestAsync(
            "clone",
            async guest =>
            {
                Require(Verb.Clone, guest);
                var task = PlanRunner.NewTask();
                var runner = new PlanRunner(clone, task);
                var plan = await clone.PlanCloneAsync(guest, new CloneGuest(guest.Name + "-copy"), task, Token);
                await runner.RunTwiceAsync(plan, Token);
                var copy = await Bed.Watch.GuestAsync(guest.Name + "-copy", _ => true);
                Assert.NotEqual(guest.Id, copy.Id);
                Assert.Equal((guest.Vcpus, guest.Memory), (copy.Vcpus, copy.Memory));
                Assert.Empty(guest.Nics.Select(n => n.Mac).Intersect(copy.Nics.Select(n => n.Mac)));
                await runner.UndoAsync(plan, Token);
                await Bed.Watch.SeenAsync<Gone>(g => g.NativeId == copy.NativeId);
            }
        );
    }

    [Fact]
    public async Task A_snapshot_is_taken_shown_reverted_to_and_deleted()
    {
        var snapshots = Facet<IGuestSnapshots>();
        Assert.SkipUnless(Bed.KeepsSnapshots, "The system keeps one snapshot of a guest.");
        await WithGuestAsync(
            "snapshot",
            async guest =>
            {
                Require(Verb.SnapshotCreate, guest);
                await RunAsync(t => snapshots.PlanSnapshotAsync(guest, new CreateSnapshot("one", "before"), t, Token));
                var snapshot = await Bed.Watch.ObjectAsync<Snapshot>(s => s.Guest == guest.Id && s is { Name: "one", Current: true });
                Assert.Equal("before", snapshot.Description);
                var e = await Assert.ThrowsAsync<ProviderException>(() => snapshots.PlanSnapshotAsync(guest, new CreateSnapshot("one"), "t", Token));
                Assert.Equal(ProviderError.Conflict, e.Error);
                await RunAsync(t => snapshots.PlanSnapshotAsync(guest, new CreateSnapshot("two"), t, Token));
                var second = await Bed.Watch.ObjectAsync<Snapshot>(s => s.Guest == guest.Id && s.Name == "two");
                Assert.Equal("one", second.Parent);
                await RunAsync(t => snapshots.PlanRevertAsync(guest, snapshot, t, Token));
                await Bed.Watch.ObjectAsync<Snapshot>(s => s.Guest == guest.Id && s is { Name: "one", Current: true });
                await RunAsync(t => snapshots.PlanSnapshotDeleteAsync(guest, second, t, Token));
                await Bed.Watch.SeenAsync<Gone>(g => g.NativeId == second.NativeId);
                await RunAsync(t => snapshots.PlanSnapshotDeleteAsync(guest, snapshot, t, Token));
            }
        );

        async Task RunAsync(Func<string, Task<WorkPlan>> lay)
        {
            var task = PlanRunner.NewTask();
            await new PlanRunner(snapshots, task).RunTwiceAsync(await lay(task), Token);
        }
    }

    [Fact]
    public async Task Consoles_are_told_and_those_that_are_available_open()
    {
        var console = Facet<IGuestConsole>();
        await WithGuestAsync(
            "console",
            async guest =>
            {
                await StartAsync(Facet<IGuestPower>(), guest);
                var told = await console.ListConsolesAsync(guest, Token);
                Assert.SkipWhen(told.IsEmpty, "The guest has no console.");
                foreach (var info in told)
                {
                    Assert.Equal(info.Available, info.Reason is null);
                    if (!info.Available)
                        continue;
                    await using var stream = await console.OpenConsoleAsync(guest, info.Kind, Token);
                    Assert.True(stream is { CanRead: true, CanWrite: true });
                }
            }
        );
    }

    [Fact]
    public async Task Counters_of_a_running_guest_are_read()
    {
        var metrics = Facet<IGuestMetrics>();
        await WithGuestAsync(
            "metrics",
            async guest =>
            {
                await StartAsync(Facet<IGuestPower>(), guest);
                var counted = metrics.ReadMetricsAsync([guest.NativeId, new NativeId(Guid.NewGuid())], Token);
                var lack = await Record.ExceptionAsync(() => counted) as ProviderException;
                Assert.SkipWhen(lack?.Error == ProviderError.NotCapable, lack?.Message ?? "");
                var read = await counted;
                Assert.Equal(guest.NativeId, Assert.Single(read).Key);
                Assert.Equal(DateTimeKind.Utc, read[guest.NativeId].At.Kind);
            }
        );
    }

    [Fact]
    public async Task An_image_is_imported_shown_and_deleted()
    {
        var images = Facet<IImageStore>();
        var name = NewName("image");
        var import = Bed.NewImage(name);
        Assert.SkipWhen(import is null, "The bed has no image to import.");
        var task = PlanRunner.NewTask();
        var runner = new PlanRunner(images, task);
        var plan = await images.PlanImportAsync(import, task, Token);
        await runner.RunTwiceAsync(plan, Token);
        Assert.All(await runner.InspectAsync(plan, Token), s => Assert.Equal(WorkStepState.Done, s));
        var image = await Bed.Watch.ObjectAsync<Image>(i => i.Name == name);
        Assert.Equal((import.Format, import.Capacity, import.Arch), (image.Format, image.Capacity, image.Arch));
        Assert.Equal(ProviderError.Conflict, (await Assert.ThrowsAsync<ProviderException>(() => images.PlanImportAsync(import, "other", Token))).Error);
        await runner.RunTwiceAsync(await images.PlanImageDeleteAsync(image, "t", Token), Token);
        Bed.Connection.RequestRefresh();
        var e = await Assert.ThrowsAsync<ProviderException>(() => images.PlanImageDeleteAsync(image, "t", Token));
        Assert.Equal(ProviderError.NotFound, e.Error);
    }
}
