using Anyvisor.EndToEnd.Harness;
using Xunit;

namespace Anyvisor.EndToEnd.Guests;

/// <summary>Every verb on a real guest through the CLI, with virsh as the witness of each step.</summary>
public sealed class LifeOfAGuest(LibvirtEstate estate) : IClassFixture<LibvirtEstate>
{
    private const string Prompt = "login:";

    private Cli Cli => estate.Cli;

    private Virsh Virsh => estate.Virsh;

    [Fact]
    public async Task It_is_created_started_and_reaches_its_login_prompt_then_stops_and_leaves_nothing()
    {
        var volumesBefore = await Virsh.VolumesAsync();
        var guest = await estate.CreateGuestAsync("life");
        Assert.Equal("running", await Virsh.StateAsync(guest));
        var seen = await Cli.WaitForAsync(guest, "power", "on");
        Assert.Equal(await Virsh.SayAsync("domuuid", guest), seen.GetProperty("nativeId").GetString());
        Assert.Equal("vm", seen.GetProperty("kind").GetString());
        Assert.Equal("x86_64", seen.GetProperty("arch").GetString());
        Assert.Equal(1, seen.GetProperty("vcpus").GetInt32());
        Assert.Equal(256L << 20, seen.GetProperty("memory").GetInt64());

        await LogInAsync(guest);
        await Cli.OnConsoleAsync(guest, "echo 6 by 7 is $((6 * 7))\r", "6 by 7 is 42");

        await Cli.DoAsync("guest", "stop", guest);
        Assert.Equal("shut off", await Virsh.StateAsync(guest));
        await Cli.WaitForAsync(guest, "power", "off");

        await Cli.DoAsync("guest", "delete", guest);
        Assert.Equal("absent", await Virsh.StateAsync(guest));
        Assert.Equal(volumesBefore, await Virsh.VolumesAsync());
        Assert.Equal(3, (await Cli.TryAsync("guest", "show", guest)).ExitCode);
    }

    [Fact]
    public async Task It_pauses_suspends_resumes_reboots_and_shuts_down()
    {
        var guest = await estate.CreateGuestAsync("power");
        await LogInAsync(guest);

        await Cli.DoAsync("guest", "pause", guest);
        Assert.Equal("paused", await Virsh.StateAsync(guest));
        await Cli.WaitForAsync(guest, "power", "paused");

        await Cli.DoAsync("guest", "resume", guest);
        Assert.Equal("running", await Virsh.StateAsync(guest));
        await Cli.WaitForAsync(guest, "power", "on");

        // What is in its memory is still there after a time on disk.
        await Cli.OnConsoleAsync(guest, "kept=in-mind; echo stored-$kept\r", "stored-in-mind");
        await Cli.DoAsync("guest", "suspend", guest);
        Assert.Equal("shut off", await Virsh.StateAsync(guest));
        Assert.Matches("Managed save: +yes", await Virsh.SayAsync("dominfo", guest));
        await Cli.WaitForAsync(guest, "power", "suspended");
        await Cli.DoAsync("guest", "resume", guest);
        Assert.Equal("running", await Virsh.StateAsync(guest));
        await Cli.WaitForAsync(guest, "power", "on");
        await Cli.OnConsoleAsync(guest, "echo still-$kept\r", "still-in-mind");

        var reboot = Cli.OnConsoleAsync(guest, "", Prompt);
        await Cli.DoAsync("guest", "reboot", guest);
        await reboot;
        Assert.Equal("running", await Virsh.StateAsync(guest));

        await Cli.DoAsync("guest", "shutdown", guest);
        await Virsh.WaitForStateAsync(guest, "shut off");
        await Cli.WaitForAsync(guest, "power", "off");

        await Cli.DoAsync("guest", "start", guest);
        Assert.Equal("running", await Virsh.StateAsync(guest));
        await Cli.DoAsync("guest", "reset", guest);
        Assert.Equal("running", await Virsh.StateAsync(guest));
        await Cli.DoAsync("guest", "delete", guest);
        Assert.Equal("absent", await Virsh.StateAsync(guest));
    }

    [Fact]
    public async Task It_is_resized_renamed_and_tagged()
    {
        var guest = await estate.CreateGuestAsync("shape", start: false);
        var id = (await Cli.WaitForAsync(guest, "power", "off")).GetProperty("id").GetString();

        await Cli.DoAsync("guest", "resize", guest, "--cpus", "2", "--memory", "384MiB");
        var info = await Virsh.SayAsync("dominfo", guest);
        Assert.Matches(@"CPU\(s\): +2\b", info);
        Assert.Matches("Max memory: +393216 KiB", info);
        await Cli.WaitForAsync(guest, "vcpus", "2");
        await Cli.WaitForAsync(guest, "memory", (384L << 20).ToString(System.Globalization.CultureInfo.InvariantCulture));

        var renamed = estate.NewName("renamed");
        await Cli.DoAsync("guest", "rename", guest, renamed);
        Assert.Equal("absent", await Virsh.StateAsync(guest));
        Assert.Equal("shut off", await Virsh.StateAsync(renamed));
        Assert.Equal(id, (await Cli.WaitForAsync(renamed, "name", renamed)).GetProperty("id").GetString());

        await Cli.DoAsync("guest", "tag", renamed, "env=prod", "owner=ops");
        var names = await Until.AsyncOf(
            "the filter by tag finds it",
            () => Cli.DoAsync("guest", "list", "--filter", "tag.env:prod tag.owner:ops", "-o", "name"),
            found => found.Trim() == renamed,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(renamed, names.Trim());
        await Cli.DoAsync("guest", "delete", renamed);
        Assert.Equal("absent", await Virsh.StateAsync(renamed));
    }

    [Fact]
    public async Task A_snapshot_brings_back_disk_and_memory()
    {
        var volumesBefore = await Virsh.VolumesAsync();
        var guest = await estate.CreateGuestAsync("snap");
        await LogInAsync(guest);
        // The image mounts its disk beside the login prompt: what is written before lands below the mount.
        await Cli.OnConsoleAsync(guest, "until grep -q ' /disk ' /proc/mounts; do sleep 1; done; echo disk-$((40 + 2))\r", "disk-42");
        await Cli.OnConsoleAsync(guest, "echo first >/disk/note; sync; memory=first; echo wrote-$(cat /disk/note)\r", "wrote-first");

        await Cli.DoAsync("guest", "snapshot", "create", guest, "before");
        Assert.Equal(["before"], await Virsh.SnapshotsAsync(guest));
        var listed = await Cli.JsonAsync("guest", "snapshot", "list", guest);
        Assert.Equal("before", Assert.Single(listed.EnumerateArray()).GetProperty("name").GetString());

        await Cli.OnConsoleAsync(guest, "echo second >/disk/note; sync; memory=second; echo wrote-$(cat /disk/note)-$memory\r", "wrote-second-second");
        await Cli.DoAsync("guest", "snapshot", "revert", guest, "before");
        Assert.Equal("running", await Virsh.StateAsync(guest));
        await Cli.OnConsoleAsync(guest, "\recho found-$(cat /disk/note)-$memory\r", "found-first-first");

        await Cli.DoAsync("guest", "snapshot", "delete", guest, "before");
        Assert.Empty(await Virsh.SnapshotsAsync(guest));
        await Cli.DoAsync("guest", "delete", guest);
        Assert.Equal("absent", await Virsh.StateAsync(guest));
        Assert.Equal(volumesBefore, await Virsh.VolumesAsync());
    }

    [Fact]
    public async Task A_clone_is_a_guest_of_its_own_and_outlives_its_source()
    {
        var volumesBefore = await Virsh.VolumesAsync();
        var source = await estate.CreateGuestAsync("source", start: false);
        var clone = estate.NewName("clone");
        await Cli.DoAsync("guest", "clone", source, clone);
        Assert.Equal("shut off", await Virsh.StateAsync(clone));
        Assert.NotEqual(await Virsh.SayAsync("domuuid", source), await Virsh.SayAsync("domuuid", clone));
        Assert.NotEqual(await MacAsync(source), await MacAsync(clone));
        Assert.NotEqual(await DiskAsync(source), await DiskAsync(clone));

        await Cli.DoAsync("guest", "delete", source);
        await Cli.DoAsync("guest", "start", clone);
        await Cli.OnConsoleAsync(clone, "\r", Prompt);
        await Cli.DoAsync("guest", "delete", clone);
        Assert.Equal("absent", await Virsh.StateAsync(clone));
        Assert.Equal(volumesBefore, await Virsh.VolumesAsync());
    }

    private async Task LogInAsync(string guest)
    {
        await Cli.OnConsoleAsync(guest, "\r", Prompt);
        await Cli.OnConsoleAsync(guest, "root\r", "~#");
    }

    private async Task<string> MacAsync(string guest) => (await Virsh.SayAsync("domiflist", guest)).Split(' ')[^1];

    private async Task<string> DiskAsync(string guest) =>
        (await Virsh.SayAsync("domblklist", guest)).Split('\n')[0].Split(' ', 2, StringSplitOptions.TrimEntries)[1];
}
