using System.Collections.Immutable;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>A guest that is off goes to another host with its disks, which libvirt copies for running guests alone.</summary>
[Collection(Lab.OneAtATime)]
public sealed class ColdMigrationTests(Lab lab) : IClassFixture<Lab>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_that_is_off_goes_with_its_disk_and_seed_and_nothing_stays_when_that_is_undone()
    {
        _ = LiveBed.Url("qemu");
        var second = Environment.GetEnvironmentVariable("ANYVISOR_TEST_LIBVIRT_URI_2");
        Assert.SkipWhen(string.IsNullOrEmpty(second), "ANYVISOR_TEST_LIBVIRT_URI_2 names no second libvirtd; ./test starts one.");
        var settings = ImmutableDictionary<string, string>.Empty.Add("migration-address", "127.0.0.1");
        await using var b = await Connection.OpenAsync(new ProviderAddress { Provider = "b", Url = second!, Settings = settings }, DriverBed.Context, Token);
        await using var watch = new WatchReader(b);
        await watch.ListedAsync();
        await MakePoolAsync(b);
        var request = Lab.Request(Lab.NewName("cold")) with { Networks = ["user"] };
        var guest = await lab.CreateAsync(request with { Settings = request.Settings.Add("meta-data", "local-hostname: cold\n") });
        var names = guest.Disks.Select(d => Path.GetFileName(d.Source)!).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, names.Length);
        var target = watch.All<Host>()[0];
        var task = PlanRunner.NewTask();
        var work = new PlanRunner(lab.Connection, task) { Peer = b };
        var plan = await lab.Connection.PlanMigrateAsync(guest, target, b, new MigrateGuest(target.Name, Live: false, WithStorage: true), task, Token);
        Assert.DoesNotContain(plan.Concerns, c => c.Severity == ConcernSeverity.Critical);

        foreach (var step in plan.Steps.TakeWhile(s => s.Name != "migrate"))
            await lab.Connection.RunStepAsync(step, work.Context, Token);
        Assert.NotEmpty(await VolumesAsync(b, guest.Name));
        await work.UndoAsync(plan, Token);
        await work.UndoAsync(plan, Token);
        Assert.Empty(await VolumesAsync(b, guest.Name));
        Assert.Equal(names, await VolumesAsync(lab.Connection, guest.Name));

        await work.RunTwiceAsync(plan, Token);
        var there = await watch.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
        Assert.Equal(guest.Disks.Select(d => d.Source), there.Disks.Select(d => d.Source));
        Assert.Null(await lab.Connection.ReadGuestAsync(guest.NativeId, Token));
        Assert.Empty(await VolumesAsync(lab.Connection, guest.Name));
        Assert.Equal(names, await VolumesAsync(b, guest.Name));
        // It was an overlay; what the image held is in the file now.
        Assert.Contains("here is something", await TextAsync(b, there.Disks.Single(d => d.Device == "disk").Source!), StringComparison.Ordinal);
        Assert.Contains("local-hostname: cold", await TextAsync(b, there.Disks.Single(d => d.Device == "cdrom").Source!), StringComparison.Ordinal);
        await b.StartAsync(there, Token);
        there = await watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
        await new PlanRunner(b, "cleanup").RunAsync(await b.PlanDeleteAsync(there, keepDisks: false, "cleanup", Token), Token);
        Assert.Empty(await VolumesAsync(b, guest.Name));
    }

    [Fact]
    public async Task A_CD_that_has_no_place_at_the_target_is_told_of_before_anything_is_done()
    {
        _ = LiveBed.Url("qemu");
        var second = Environment.GetEnvironmentVariable("ANYVISOR_TEST_LIBVIRT_URI_2");
        Assert.SkipWhen(string.IsNullOrEmpty(second), "ANYVISOR_TEST_LIBVIRT_URI_2 names no second libvirtd; ./test starts one.");
        await using var b = await Connection.OpenAsync(new ProviderAddress { Provider = "b", Url = second! }, DriverBed.Context, Token);
        await using var watch = new WatchReader(b);
        await watch.ListedAsync();
        var target = watch.All<Host>()[0];
        var (client, name) = (lab.Connection.Daemon.Client, Lab.NewName("cd"));
        var folder = Directory.CreateTempSubdirectory(name).FullName;
        await File.WriteAllBytesAsync($"{folder}/disc.iso", new byte[2048], Token);
        var pool = await client.StoragePoolDefineXmlAsync(VolumeWriter.Pool(name, folder), 0, Token);
        await client.StoragePoolCreateAsync(pool, 0, Token);
        try
        {
            var disc = $"<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='{folder}/disc.iso'/><target dev='sda' bus='sata'/><readonly/></disk>";
            var domain = await client.DomainDefineXmlFlagsAsync($"<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory><os><type arch='x86_64' machine='q35'>hvm</type></os><devices>{disc}</devices></domain>", 0, Token);
            var guest = await lab.Watcher.GuestAsync(name, g => g.Power == PowerState.Off);
            var with = await lab.Connection.PlanMigrateAsync(guest, target, b, new MigrateGuest(target.Name, Live: false, WithStorage: true), "t", Token);
            Assert.Contains(with.Concerns, c => c is { Id: "libvirt.no-pool-there", Severity: ConcernSeverity.Critical } && c.Assessment.Contains(folder, StringComparison.Ordinal));
            var without = await lab.Connection.PlanMigrateAsync(guest, target, b, new MigrateGuest(target.Name, Live: false), "t", Token);
            Assert.Contains(without.Concerns, c => c.Id == "libvirt.medium-not-there");
            await client.DomainUndefineFlagsAsync(domain, 0, Token);
        }
        finally
        {
            await client.StoragePoolDestroyAsync(pool, CancellationToken.None);
            await client.StoragePoolUndefineAsync(pool, CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The pool is made with the first guest that needs it.</summary>
    private static async Task MakePoolAsync(Connection on)
    {
        var task = PlanRunner.NewTask();
        var work = new PlanRunner(on, task);
        var plan = await on.PlanCreateAsync(new CreateGuest { Name = Lab.NewName("pool"), Provider = "b", Vcpus = 1, Memory = 64 << 20, Disk = 1 << 20 }, task, Token);
        await work.RunAsync(plan, Token);
        await work.UndoAsync(plan, Token);
    }

    private static async Task<string[]> VolumesAsync(Connection on, string containing)
    {
        var pool = await on.Daemon.Storage.FindPoolAsync("anyvisor", Token);
        return [.. (await on.Daemon.Storage.VolumesAsync(pool!.Ref, Token)).Select(v => v.Name).Where(n => n.Contains(containing, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static async Task<string> TextAsync(Connection on, string path)
    {
        var volume = await on.Daemon.Storage.FindByPathAsync(path, Token);
        using var bytes = new MemoryStream();
        await using var download = await on.Daemon.Client.DownloadAsync(volume!.Value, 0, 0, Token);
        await foreach (var piece in download.ReadAsync(Token))
            bytes.Write(piece.Data.Span);
        return Encoding.Latin1.GetString(bytes.ToArray());
    }
}
