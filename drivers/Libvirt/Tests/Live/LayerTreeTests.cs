using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>Snapshots beside the disks that branch, of guests that are off, suspended, or write lies into their disks.</summary>
[Collection(Lab.OneAtATime)]
public sealed class LayerTreeTests(Lab lab) : IClassFixture<Lab>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_on_another_branch_survives_the_deletion_of_one_below_it_and_no_file_is_left_over()
    {
        var guest = await MakeAsync("branch", start: true);
        foreach (var number in (byte[])[1, 2, 3])
        {
            await DiskProbe.WriteAsync(guest, number, Token);
            await TakeAsync(guest, number.ToString(CultureInfo.InvariantCulture));
        }
        guest = await RevertAsync(guest, "2", holds: 2);
        var kept = await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "1"), t, Token));
        Assert.Contains(kept.Concerns, c => c.Id == "libvirt.layer-stays");
        await DiskProbe.HoldsAsync(guest, 2, Token);
        guest = await RevertAsync(guest, "3", holds: 3);
        guest = await RevertAsync(guest, "2", holds: 2);

        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "2"), t, Token));
        // libvirt would point the third at the file of the second.
        guest = await RevertAsync(guest, "3", holds: 3);
        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "3"), t, Token));
        await DiskProbe.HoldsAsync(guest, 3, Token);
        // The first and the second, which stayed, and the third with what was written since.
        Assert.Equal(3, (await lab.DisksAsync(guest.Name)).Length);
        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
    }

    [Fact]
    public async Task A_file_that_stayed_for_a_later_snapshot_goes_with_that()
    {
        var guest = await MakeAsync("orphan", start: false);
        foreach (var name in (string[])["1", "2", "3"])
            await TakeAsync(guest, name);
        await RunAsync(t => lab.Connection.PlanRevertAsync(guest, Snapshot(guest, "1"), t, Token));
        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "2"), t, Token));
        Assert.Equal(4, (await lab.DisksAsync(guest.Name)).Length);
        var last = await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "3"), t, Token));
        Assert.Empty(last.Concerns);
        Assert.Equal(2, (await lab.DisksAsync(guest.Name)).Length);
        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
    }

    [Fact]
    public async Task An_overlay_is_not_committed_once_somebody_else_lies_upon_it()
    {
        var guest = await MakeAsync("late", start: false);
        await TakeAsync(guest, "1");
        await TakeAsync(guest, "2");
        var task = PlanRunner.NewTask();
        var plan = await lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "1"), task, Token);
        var second = (await lab.Connection.Daemon.Storage.FindByPathAsync(MiddleOf(plan), Token))!.Value;
        var overlay = VolumeStepOf(second.Pool, guest.Name + "-stranger.qcow2", MiddleOf(plan));
        await lab.Connection.RunStepAsync(overlay, new PlanRunner(lab.Connection, task).Context, Token);
        var refused = await Assert.ThrowsAsync<ProviderException>(() => new PlanRunner(lab.Connection, task).RunAsync(plan, Token));
        Assert.Equal(ProviderError.Conflict, refused.Error);
        Assert.Equal(PowerState.Off, (await lab.Connection.ReadGuestAsync(guest.NativeId, Token))!.Power);
        await lab.Connection.UndoStepAsync(overlay, new PlanRunner(lab.Connection, task).Context, Token);
        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "1"), t, Token));
        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
    }

    [Fact]
    public async Task The_saved_memory_of_a_suspended_guest_outlives_the_deletion_of_a_snapshot()
    {
        var guest = await MakeAsync("saved", start: true);
        await TakeAsync(guest, "1");
        var task = PlanRunner.NewTask();
        var planned = await lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "1"), task, Token);
        await lab.Connection.SuspendAsync(guest, Token);
        var suspended = await lab.Watcher.GuestAsync(guest.Name, g => g.Power == PowerState.Suspended);
        Assert.Equal("suspended", lab.Connection.Judge(Verb.SnapshotDelete, suspended).Reason?.Code);
        // Planned when it was on; and planned by somebody who has not seen yet that it is suspended.
        var refused = await Assert.ThrowsAsync<ProviderException>(() => new PlanRunner(lab.Connection, task).RunAsync(planned, Token));
        Assert.Equal(ProviderError.Conflict, refused.Error);
        refused = await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "1"), task, Token));
        Assert.Equal(ProviderError.Conflict, refused.Error);
        await lab.Connection.ResumeAsync(suspended, Token);
        guest = await lab.Watcher.GuestAsync(guest.Name, g => g.Power == PowerState.On);
        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, Snapshot(guest, "1"), t, Token));
        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
    }

    [Fact]
    public async Task A_snapshot_of_a_guest_that_is_off_is_undone_and_leaves_it_off()
    {
        var guest = await MakeAsync("off", start: false);
        var disk = guest.Disks[0].Source;
        var task = PlanRunner.NewTask();
        var work = new PlanRunner(lab.Connection, task);
        var plan = await lab.Connection.PlanSnapshotAsync(guest, new CreateSnapshot("one"), task, Token);
        await work.RunTwiceAsync(plan, Token);
        await work.UndoAsync(plan, Token);
        await work.UndoAsync(plan, Token);
        var now = (await lab.Connection.ReadGuestAsync(guest.NativeId, Token))!;
        Assert.Equal((PowerState.Off, disk), (now.Power, now.Disks[0].Source));
        Assert.Single(await lab.DisksAsync(guest.Name));
        await lab.DeleteAsync(guest);
    }

    [Fact]
    public async Task A_raw_disk_with_a_forged_header_is_not_copied_and_deletes_nobodys_file()
    {
        var victim = await MakeAsync("victim", start: false);
        var guest = await MakeAsync("forger", start: false);
        var copy = new CloneGuest(guest.Name + "-2", Linked: false);
        var task = PlanRunner.NewTask();
        var planned = await lab.Connection.PlanCloneAsync(guest, copy, task, Token);
        // The victim's guest goes and its disk is kept: nothing but the forged header says whose it is.
        var prize = victim.Disks[0].Source!;
        await new PlanRunner(lab.Connection, "keep").RunAsync(await lab.Connection.PlanDeleteAsync(victim, keepDisks: true, "keep", Token), Token);
        var storage = lab.Connection.Daemon.Storage;
        var disk = (await storage.FindByPathAsync(guest.Disks[0].Source!, Token))!.Value;
        await storage.WriteAsync(disk, await DiskProbe.HeaderAsync(prize, Token), Token);
        await storage.RefreshAsync(disk.Pool, Token);
        Assert.Equal(("qcow2", prize), await storage.DescribeAsync(disk, Token) is var seen ? (seen.Format!, seen.Backing!) : default);

        var refused = await Assert.ThrowsAsync<ProviderException>(() => new PlanRunner(lab.Connection, task).RunAsync(planned, Token));
        Assert.Contains(prize, refused.Message, StringComparison.Ordinal);
        await new PlanRunner(lab.Connection, task).UndoAsync(planned, Token);
        refused = await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanCloneAsync(guest, copy, task, Token));
        Assert.Equal(ProviderError.NotCapable, refused.Error);
        await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanCaptureAsync(guest, new CaptureGuest(guest.Name + "-image"), task, Token));
        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
        Assert.NotNull(await storage.FindByPathAsync(prize, Token));
        var left = (await storage.FindByPathAsync(prize, Token))!.Value;
        await storage.DeleteAsync(left.Pool, left.Name, Token);
    }

    private async Task<Guest> MakeAsync(string kind, bool start)
    {
        _ = LiveBed.Url("qemu");
        var request = Lab.Request(Lab.NewName(kind), start);
        return await lab.CreateAsync(request with { Settings = request.Settings.Add("disk-format", "raw") });
    }

    private Snapshot Snapshot(Guest guest, string name) => lab.Watcher.All<Snapshot>().Last(s => s.Guest == guest.Id && s.Name == name);

    private async Task TakeAsync(Guest guest, string name)
    {
        await RunAsync(t => lab.Connection.PlanSnapshotAsync(guest, new CreateSnapshot(name, Memory: guest.Power == PowerState.Off ? null : false), t, Token));
        await lab.Watcher.ObjectAsync<Snapshot>(s => s.Guest == guest.Id && s.Name == name);
    }

    private async Task<Guest> RevertAsync(Guest guest, string name, byte holds)
    {
        await RunAsync(t => lab.Connection.PlanRevertAsync(guest, Snapshot(guest, name), t, Token));
        var off = await lab.Watcher.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
        await lab.Connection.StartAsync(off, Token);
        var on = await lab.Watcher.GuestAsync(guest.Name, g => g.Power == PowerState.On);
        await DiskProbe.HoldsAsync(on, holds, Token);
        return on;
    }

    private async Task<WorkPlan> RunAsync(Func<string, Task<WorkPlan>> lay)
    {
        var task = PlanRunner.NewTask();
        var plan = await lay(task);
        await new PlanRunner(lab.Connection, task).RunTwiceAsync(plan, Token);
        return plan;
    }

    private static string MiddleOf(WorkPlan plan) => plan.Steps.Single(s => s.Name == "merge").Arguments["layers"].Split('\t')[2];

    private static WorkStep VolumeStepOf(string pool, string name, string upon) =>
        Libvirt.Work.VolumeStep.Overlay("stranger", "A stranger's overlay", pool, name, 16 << 20, "qcow2", upon, "qcow2");
}
