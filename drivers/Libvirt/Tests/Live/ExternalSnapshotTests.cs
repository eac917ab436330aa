using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>Snapshots beside the disks, where libvirt can't keep them within. What a disk holds is asked of QEMU itself.</summary>
[Collection(Lab.OneAtATime)]
public sealed class ExternalSnapshotTests(Lab lab) : IClassFixture<Lab>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_raw_disk_goes_back_and_a_snapshot_in_the_middle_is_merged_while_the_guest_runs()
    {
        _ = LiveBed.Url("qemu");
        var request = Lab.Request(Lab.NewName("ext"), start: true);
        var guest = await lab.CreateAsync(request with { Settings = request.Settings.Add("disk-format", "raw") });
        await WriteAsync(guest, 1);
        var one = await TakeAsync(guest, "one");
        Assert.Equal((SnapshotConsistency.Crash, true), (one.Consistency, one.Current));
        await WriteAsync(guest, 2);
        var two = await TakeAsync(guest, "two");
        Assert.Equal("one", two.Parent);
        await WriteAsync(guest, 3);

        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, one, t, Token));
        await lab.Watcher.SeenAsync<Driver.Watching.Gone>(g => g.NativeId == one.NativeId);
        await HoldsAsync(guest, 3);
        Assert.Equal(2, (await lab.DisksAsync(guest.Name)).Length);

        await RunAsync(t => lab.Connection.PlanRevertAsync(guest, two, t, Token));
        guest = await lab.Watcher.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
        Assert.Equal(2, (await lab.DisksAsync(guest.Name)).Length);
        await lab.Connection.StartAsync(guest, Token);
        guest = await lab.Watcher.GuestAsync(guest.Name, g => g.Power == PowerState.On);
        await HoldsAsync(guest, 2);

        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, two, t, Token));
        await HoldsAsync(guest, 2);
        Assert.Single(await lab.DisksAsync(guest.Name));
        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
    }

    [Fact]
    public async Task A_UEFI_guest_that_is_off_has_snapshots_too_and_none_of_their_files_outlives_it()
    {
        _ = LiveBed.Url("qemu");
        var request = Lab.Request(Lab.NewName("uefi"));
        var guest = await lab.CreateAsync(request with { Settings = request.Settings.Add("firmware", "uefi") });
        Assert.Equal(Firmware.Uefi, guest.Firmware);
        var one = await TakeAsync(guest, "one");
        Assert.Equal(SnapshotConsistency.Application, one.Consistency);
        var two = await TakeAsync(guest, "two");
        // Back behind the second, whose file now lies under nothing.
        await RunAsync(t => lab.Connection.PlanRevertAsync(guest, one, t, Token));
        one = await lab.Watcher.ObjectAsync<Snapshot>(s => s.NativeId == one.NativeId && s.Current);
        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, two, t, Token));
        Assert.Equal(2, (await lab.DisksAsync(guest.Name)).Length);
        // The guest is off: it is committed by a QEMU that does not run it.
        await RunAsync(t => lab.Connection.PlanSnapshotDeleteAsync(guest, one, t, Token));
        Assert.Equal(PowerState.Off, (await lab.Connection.ReadGuestAsync(guest.NativeId, Token))!.Power);
        Assert.Single(await lab.DisksAsync(guest.Name));
        await TakeAsync(guest, "three");
        await RunAsync(t => lab.Connection.PlanRevertAsync(guest, lab.Watcher.All<Snapshot>().First(s => s.Guest == guest.Id && s.Name == "three"), t, Token));
        await TakeAsync(guest, "four");
        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
    }

    [Fact]
    public async Task A_snapshot_that_is_undone_leaves_the_guest_upon_its_own_disk()
    {
        _ = LiveBed.Url("qemu");
        var guest = await lab.CreateAsync(Lab.Request(Lab.NewName("undo"), start: true));
        var disk = guest.Disks[0].Source;
        var task = PlanRunner.NewTask();
        var work = new PlanRunner(lab.Connection, task);
        var plan = await lab.Connection.PlanSnapshotAsync(guest, new CreateSnapshot("one", Memory: false), task, Token);
        await work.RunTwiceAsync(plan, Token);
        await lab.Watcher.GuestAsync(guest.Name, g => g.Disks[0].Source != disk);
        await work.UndoAsync(plan, Token);
        await work.UndoAsync(plan, Token);
        await lab.Watcher.GuestAsync(guest.Name, g => g.Disks[0].Source == disk && g.Power == PowerState.On);
        Assert.Single(await lab.DisksAsync(guest.Name));
        await lab.DeleteAsync(guest);
    }

    [Fact]
    public async Task What_can_not_be_is_refused_with_its_reason()
    {
        _ = LiveBed.Url("qemu");
        var request = Lab.Request(Lab.NewName("refuse"), start: true);
        var uefi = await lab.CreateAsync(request with { Settings = request.Settings.Add("firmware", "uefi") });
        await RefusedAsync(uefi, new CreateSnapshot("m", Memory: true), ProviderError.NotCapable, "UEFI");
        await RefusedAsync(uefi, new CreateSnapshot("q", Quiesce: true), ProviderError.Conflict, "qemu-guest-agent");
        await lab.DeleteAsync(uefi);
        var bios = await lab.CreateAsync(request with { Name = Lab.NewName("mix") });
        await TakeAsync(bios, "within");
        await RefusedAsync(bios, new CreateSnapshot("beside", Memory: false), ProviderError.Conflict, "'within'");
        await lab.DeleteAsync(bios);
        Assert.Empty(await lab.DisksAsync(bios.Name));
    }

    private async Task RefusedAsync(Guest guest, CreateSnapshot request, ProviderError error, string mentions)
    {
        var refused = await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanSnapshotAsync(guest, request, "t", Token));
        Assert.Equal(error, refused.Error);
        Assert.Contains(mentions, refused.Message, StringComparison.Ordinal);
    }

    private async Task<Snapshot> TakeAsync(Guest guest, string name)
    {
        await RunAsync(t => lab.Connection.PlanSnapshotAsync(guest, new CreateSnapshot(name), t, Token));
        return await lab.Watcher.ObjectAsync<Snapshot>(s => s.Guest == guest.Id && s.Name == name && s.Current);
    }

    private async Task RunAsync(Func<string, Task<WorkPlan>> lay)
    {
        var task = PlanRunner.NewTask();
        await new PlanRunner(lab.Connection, task).RunTwiceAsync(await lay(task), Token);
    }

    private static Task WriteAsync(Guest guest, byte pattern) => DiskProbe.WriteAsync(guest, pattern, Token);

    private static Task HoldsAsync(Guest guest, byte pattern) => DiskProbe.HoldsAsync(guest, pattern, Token);
}
