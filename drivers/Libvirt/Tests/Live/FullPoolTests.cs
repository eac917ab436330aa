using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>A pool upon a file system of 20 MiB, which the bed mounts: what does not fit is refused, or fails and leaves nothing.</summary>
[Collection(Lab.OneAtATime)]
public sealed class FullPoolTests(Lab lab) : IClassFixture<Lab>
{
    private const string Pool = "small";
    private const string Image = "lab-dense";
    private const int ImageSize = 12 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LibvirtClient Client => lab.Connection.Daemon.Client;

    [Fact]
    public async Task What_does_not_fit_is_refused_beforehand_and_what_fills_on_the_way_leaves_nothing_half_made() =>
        await WithPoolAsync(async pool =>
        {
            var request = Lab.Request(Lab.NewName("full")) with { Image = Image, Datastore = Pool };
            request = request with { Settings = request.Settings.Add("full-copy", "true") };
            var task = PlanRunner.NewTask();
            var planned = await lab.Connection.PlanCreateAsync(request, task, Token);

            await Client.StorageVolCreateXmlAsync(pool, $"<volume><name>ballast</name><capacity>{15 << 20}</capacity><allocation>{15 << 20}</allocation></volume>", 0, Token);
            var refused = await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanCreateAsync(request, "t", Token));
            Assert.Equal(ProviderError.CapacityExceeded, refused.Error);
            Assert.Contains($"'{Pool}'", refused.Message, StringComparison.Ordinal);

            // It was planned while there was room, which somebody else has taken since.
            var work = new PlanRunner(lab.Connection, task);
            var failed = await Assert.ThrowsAsync<ProviderException>(() => work.RunAsync(planned, Token));
            Assert.Equal(ProviderError.CapacityExceeded, failed.Error);
            await work.UndoAsync(planned, Token);
            Assert.Equal(["ballast"], await VolumesAsync(pool));
            Assert.Null(await lab.Connection.ReadGuestAsync(planned.Makes!.Value, Token));

            // Work goes on when there is space again.
            await lab.Connection.Daemon.Storage.DeleteAsync(Pool, "ballast", Token);
            var guest = await lab.CreateAsync(request);
            var clone = new CloneGuest(guest.Name + "-2", Linked: false);
            var noRoom = await Assert.ThrowsAsync<ProviderException>(() => lab.Connection.PlanCloneAsync(guest, clone, "t", Token));
            Assert.Equal(ProviderError.CapacityExceeded, noRoom.Error);
            await lab.DeleteAsync(guest);
            Assert.Empty(await VolumesAsync(pool));
        });

    private async Task WithPoolAsync(Func<PoolRef, Task> test)
    {
        _ = LiveBed.Url("qemu");
        var pool = await Client.StoragePoolDefineXmlAsync(VolumeWriter.Pool(Pool, $"/var/lib/libvirt/images/{Pool}"), 0, Token);
        await Client.StoragePoolCreateAsync(pool, 0, Token);
        var (_, capacity, _, _) = await Client.StoragePoolGetInfoAsync(pool, Token);
        Assert.True(capacity < 64 << 20, "The bed's small file system is not mounted.");
        var file = Path.Combine(Path.GetTempPath(), $"anyvisor-dense-{Guid.NewGuid():N}.raw");
        var noise = new byte[ImageSize];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(file, noise, Token);
        var import = new ImageImport { Name = Image, File = file, Format = "raw", Capacity = ImageSize, Arch = Architecture.X86_64 };
        var runner = new PlanRunner(lab.Connection, "dense");
        WorkPlan? imported = null;
        try
        {
            imported = await lab.Connection.PlanImportAsync(import, "dense", Token);
            await runner.RunAsync(imported, Token);
            await test(pool);
        }
        finally
        {
            File.Delete(file);
            if (imported is not null)
                await runner.UndoAsync(imported, CancellationToken.None);
            await Client.StoragePoolDestroyAsync(pool, CancellationToken.None);
            await Client.StoragePoolUndefineAsync(pool, CancellationToken.None);
        }
    }

    private async Task<string[]> VolumesAsync(PoolRef pool) => [.. (await lab.Connection.Daemon.Storage.VolumesAsync(pool, Token)).Select(v => v.Name)];
}
