using System.Collections.Immutable;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>A QEMU host with an image of sixteen zero megabytes, shared by the tests that make guests there.</summary>
public sealed class Lab : IAsyncLifetime
{
    public const string Image = "lab-empty";

    /// <summary>The collection of the classes that use it: each makes the image anew, which is there once.</summary>
    public const string OneAtATime = "lab";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"anyvisor-lab-{Guid.NewGuid():N}.raw");

    internal Connection Connection { get; private set; } = null!;

    internal WatchReader Watcher { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable(LiveBed.Variable) is not { Length: > 0 })
            return; // Each test says so itself.
        Connection = await LiveBed.ConnectAsync("qemu");
        Watcher = new WatchReader(Connection);
        await Watcher.ListedAsync();
        await using (var file = File.Create(_file))
        {
            file.SetLength(16 << 20);
            file.Position = 4 << 20;
            file.Write("here is something"u8);
        }
        await RemoveImageAsync();
        var import = new ImageImport { Name = Image, File = _file, Format = "raw", Capacity = 16 << 20, Arch = Architecture.X86_64, Description = "for tests" };
        await RunAsync(Connection, await Connection.PlanImportAsync(import, "lab", CancellationToken.None), "lab");
    }

    internal static string NewName(string kind) => $"lab-{kind}-{Guid.NewGuid().ToString("N")[..8]}";

    internal static CreateGuest Request(string name, bool start = false) =>
        new() { Name = name, Provider = "live", Image = Image, Vcpus = 1, Memory = 64 << 20, Start = start };

    internal async Task<Guest> CreateAsync(CreateGuest request)
    {
        var task = NewName("t");
        await RunAsync(Connection, await Connection.PlanCreateAsync(request, task, TestContext.Current.CancellationToken), task);
        return await Watcher.GuestAsync(request.Name, g => g.Power == (request.Start ? PowerState.On : PowerState.Off));
    }

    internal async Task DeleteAsync(Guest guest)
    {
        var plan = await Connection.PlanDeleteAsync(guest, keepDisks: false, "cleanup", CancellationToken.None);
        await RunAsync(Connection, plan, "cleanup");
    }

    internal static Task RunAsync(Connection connection, WorkPlan plan, string task) => new PlanRunner(connection, task).RunAsync(plan, CancellationToken.None);

    /// <summary>Names of the volumes in the pool for guests' disks.</summary>
    internal async Task<ImmutableArray<string>> DisksAsync(string containing)
    {
        var pool = await Connection.Daemon.Storage.FindPoolAsync("anyvisor", CancellationToken.None);
        return pool is null
            ? []
            : [.. (await Connection.Daemon.Storage.VolumesAsync(pool.Ref, CancellationToken.None)).Select(v => v.Name).Where(n => n.Contains(containing, StringComparison.Ordinal))];
    }

    private async Task RemoveImageAsync()
    {
        // Another class may be making the pool at this moment; one that is not active holds nothing of an earlier run.
        if (await Connection.Daemon.Storage.FindPoolAsync("anyvisor-images", CancellationToken.None) is not { Active: true })
            return;
        foreach (var volume in (string[])[Image + ".raw", Image + ".image.json", Image + ".import-lab"])
            await Connection.Daemon.Storage.DeleteAsync("anyvisor-images", volume, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (Connection is null)
            return;
        await RemoveImageAsync();
        await Watcher.DisposeAsync();
        await Connection.DisposeAsync();
        File.Delete(_file);
    }
}
