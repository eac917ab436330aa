using System.Text.Json;
using Anyvisor.EndToEnd.Harness;
using Xunit;

namespace Anyvisor.EndToEnd.Crashes;

/// <summary>
/// The server is killed (SIGKILL) at every step of its work on a real hypervisor and started again. After each death:
/// no acknowledged task is lost or doubled, every task ends, there is at most one guest of a name, and no disk is left
/// that no guest owns. virsh is the witness.
/// </summary>
public sealed class KilledServer(LibvirtEstate estate, ITestOutputHelper output) : IClassFixture<LibvirtEstate>
{
    private Virsh Virsh => estate.Virsh;

    private Cli Cli => estate.Cli;

    [Fact]
    public async Task At_every_step_of_a_create_it_leaves_one_guest_or_nothing()
    {
        var rehearsal = new Rehearsal(estate.Server);
        var before = await Virsh.DomainsAsync();
        var volumes = await Virsh.VolumesAsync();
        foreach (var point in await PointsOfCreateAsync(rehearsal))
        {
            if (PoolOf(point) is { } pool)
                await RemovePoolAsync(pool);
            var name = estate.NewName("create");
            var task = await rehearsal.FulfilThroughDeathAsync(Create(name), point);
            await CheckNewGuestAsync(task, name, point, before);
            await DeleteAsync(name);
            Assert.Equal(volumes, await Virsh.VolumesAsync());
        }
    }

    [Fact]
    public async Task At_every_step_of_a_clone_it_leaves_one_clone_or_nothing_and_the_source_as_it_was()
    {
        var rehearsal = new Rehearsal(estate.Server);
        var volumes = await Virsh.VolumesAsync();
        var source = await estate.CreateGuestAsync("source", start: false);
        var id = await IdOfAsync(source);
        var before = await Virsh.DomainsAsync();

        var first = estate.NewName("clone");
        var points = Rehearsal.PointsOf(Succeeded(await rehearsal.FulfilAsync(Clone(id, first))));
        await DeleteAsync(first);
        foreach (var point in points)
        {
            var name = estate.NewName("clone");
            var task = await rehearsal.FulfilThroughDeathAsync(Clone(id, name), point);
            await CheckNewGuestAsync(task, name, point, before);
            Assert.Equal("shut off", await Virsh.StateAsync(source));
            await DeleteAsync(name);
            await CheckNoOrphansAsync(point);
        }
        await DeleteAsync(source);
        Assert.Equal(volumes, await Virsh.VolumesAsync());
    }

    [Fact]
    public async Task At_every_step_of_a_revert_it_leaves_the_guest_and_its_snapshot()
    {
        var rehearsal = new Rehearsal(estate.Server);
        var guest = await estate.CreateGuestAsync("revert", start: false);
        await Cli.DoAsync("guest", "snapshot", "create", guest, "point");
        var snapshots = await Cli.JsonAsync("guest", "snapshot", "list", guest);
        var snapshot = Assert.Single(snapshots.EnumerateArray()).GetProperty("id").GetString();
        var path = $"/guests/{await IdOfAsync(guest)}/snapshots/{snapshot}:revert";
        var before = await Virsh.VolumesAsync();

        foreach (var point in Rehearsal.PointsOf(Succeeded(await rehearsal.FulfilAsync(Wish.Of(path, null)))))
        {
            var task = await rehearsal.FulfilThroughDeathAsync(Wish.Of(path, null), point);
            output.WriteLine($"{point}: {task.GetProperty("state").GetString()}");
            Succeeded(task);
            Assert.Equal("shut off", await Virsh.StateAsync(guest));
            Assert.Equal(["point"], await Virsh.SnapshotsAsync(guest));
            Assert.Equal("point", await Virsh.SayAsync("snapshot-current", guest, "--name"));
            Assert.Equal(before, await Virsh.VolumesAsync());
        }
        await DeleteAsync(guest);
    }

    private async Task<string[]> PointsOfCreateAsync(Rehearsal rehearsal)
    {
        // The pool for disks is made by the first create that finds none.
        await RemovePoolAsync("anyvisor");
        var name = estate.NewName("create");
        var task = Succeeded(await rehearsal.FulfilAsync(Create(name)));
        Assert.Equal("running", await Virsh.StateAsync(name));
        await DeleteAsync(name);
        var points = Rehearsal.PointsOf(task);
        Assert.NotEmpty(points);
        return points;
    }

    private static string? PoolOf(string point) =>
        point.Split('/')[1] is var step && step.StartsWith("pool-", StringComparison.Ordinal) ? step["pool-".Length..] : null;

    private async Task RemovePoolAsync(string pool)
    {
        await Virsh.TryAsync("pool-destroy", pool);
        await Virsh.TryAsync("pool-undefine", pool);
    }

    private Wish Create(string name) =>
        Wish.Of("/guests", new { name, provider = LibvirtEstate.Provider, image = estate.Image, vcpus = 1, memory = 256L << 20, start = true });

    private static Wish Clone(string id, string name) => Wish.Of($"/guests/{id}:clone", new { name });

    /// <summary>The task made the guest, or nothing at all; and no disk is without an owner.</summary>
    private async Task CheckNewGuestAsync(JsonElement task, string name, string point, string[] before)
    {
        var state = task.GetProperty("state").GetString();
        output.WriteLine($"{point}: {state}");
        var there = await Virsh.DomainsAsync();
        if (state == "succeeded")
            Assert.Equal(before.Append(name).Order(), there.Order());
        else
            Assert.Equal(("failed", string.Join(' ', before.Order())), (state, string.Join(' ', there.Order())));
        await CheckNoOrphansAsync(point);
    }

    private async Task CheckNoOrphansAsync(string point)
    {
        var orphans = await Virsh.OrphansAsync();
        Assert.True(orphans.Length == 0, $"Killed at {point}, it left disks that no guest owns: {string.Join(", ", orphans)}");
    }

    private async Task DeleteAsync(string name)
    {
        if (await Virsh.StateAsync(name) == "absent")
            return;
        await Until.AsyncOf(
            $"{name} is in the inventory",
            async () => (await Cli.TryAsync("guest", "show", name)).ExitCode,
            code => code == 0,
            TestContext.Current.CancellationToken
        );
        await Cli.DoAsync("guest", "delete", name);
    }

    private async Task<string> IdOfAsync(string guest) =>
        (await Cli.WaitForAsync(guest, "power", "off")).GetProperty("id").GetString()!;

    private static JsonElement Succeeded(JsonElement task)
    {
        Assert.True(task.GetProperty("state").GetString() == "succeeded", task.ToString());
        return task;
    }
}
