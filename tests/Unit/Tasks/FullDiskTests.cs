using System.Diagnostics;
using Anyvisor.Core.Images;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks;

/// <summary>A disk of our own that is really full: a small file system in memory, which root can mount.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const int Size = 24 << 20;
    private readonly string _disk = Directory.CreateTempSubdirectory("anyvisor-full-").FullName;
    private string? _absent;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _absent = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? await RunAsync("mount", "-t", "tmpfs", "-o", $"size={Size}", "tmpfs", _disk)
            : "mounting a small file system needs root on Linux";

    public async ValueTask DisposeAsync()
    {
        if (_absent is null)
            await RunAsync("umount", _disk);
        Directory.Delete(_disk, recursive: true);
    }

    [Fact]
    public async Task While_the_disk_is_full_nothing_new_is_taken_on_reads_work_and_what_runs_goes_on_afterwards()
    {
        Assert.SkipWhen(_absent is not null, _absent ?? "");
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        system.AddGuest("db", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system, root: _disk);
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        system.Between = async _ =>
        {
            reached.TrySetResult();
            await go.Task;
        };
        var ask = new Ask(FakeServer.Operator);
        var running = (await server.Guests.CloneAsync("web", new CloneGuest("copy"), ask, Token)).Task!;
        await reached.Task;
        Fill();

        var refused = await UntilRefusedAsync(server, ask);
        var upload = await Assert.ThrowsAsync<CommandException>(() => ImportAsync(server, ask));
        Assert.Equal(StoreFault.Full, refused.Fault);
        Assert.Equal(ProblemTypes.CapacityExceeded, upload.Problem.Type);
        Assert.Empty(Directory.GetFiles(server.Database.Directory.Spool));
        Assert.Contains((await server.Engine.ListAsync(new TaskQuery(), Token)).Items, task => task.Id == running.Id);
        Assert.NotNull(server.Inventory.Get<Guest>(system.Find("web")!.Id));
        go.SetResult();

        File.Delete(Path.Combine(_disk, "ballast"));
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(running.Id, Token)).State);
        Assert.Equal(["define copy"], system.Effects.Where(effect => effect.EndsWith("copy", StringComparison.Ordinal)));
        var next = (await server.Guests.PatchAsync("web", new PatchGuest { Vcpus = 4 }, ask, Token)).Task!;
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(next.Id, Token)).State);
    }

    // Up to the last byte: with a little left, SQLite may still find room for one more.
    private void Fill()
    {
        using var ballast = new FileStream(Path.Combine(_disk, "ballast"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var block = new byte[4096];
        try
        {
            while (true)
                ballast.Write(block);
        }
        catch (IOException e)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"full after {ballast.Length} bytes: {e.Message}");
        }
    }

    // The log's file has room of its own for a few.
    private static async Task<StoreException> UntilRefusedAsync(FakeServer server, Ask ask)
    {
        for (var i = 0; i < 500; i++)
            try
            {
                var task = (await server.Guests.PatchAsync("db", new PatchGuest { Vcpus = 2 + i % 2 }, ask, Token)).Task!;
                _ = server.Engine.WaitAsync(task.Id, Token);
            }
            catch (StoreException e)
            {
                return e;
            }
            catch (CommandException)
            {
                // The one before stands still on its own full journal and keeps the guest: no task gets through.
                return new StoreException(StoreFault.Full, "The task before this one can't be written down.");
            }
        throw new InvalidOperationException("500 tasks were taken on with no byte free.");
    }

    private static async Task<CommandAnswer> ImportAsync(FakeServer server, Ask ask)
    {
        await using var body = new MemoryStream(new byte[1 << 20]);
        return await server.Images.ImportAsync(new ImageUpload { Name = "disk", Provider = FakeSystem.Provider }, body, body.Length, ask, Token);
    }

    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode == 0 ? null : $"{program}: {error.Trim()}";
    }
}
