using System.Xml.Linq;
using Xunit;

namespace Anyvisor.EndToEnd.Harness;

/// <summary>libvirt's own client: the witness who says what is really there.</summary>
internal sealed class Virsh(string uri)
{
    internal string Uri => uri;

    /// <summary>Runs a command that must succeed.</summary>
    internal async Task<string> SayAsync(params string[] arguments)
    {
        var ran = await TryAsync(arguments);
        Assert.True(ran.ExitCode == 0, ran.ToString());
        return ran.Output.Trim();
    }

    internal Task<Ran> TryAsync(params string[] arguments) =>
        Program.RunAsync("virsh", ["-q", "-c", uri, .. arguments], null, null, TestContext.Current.CancellationToken);

    /// <summary>The state in libvirt's words, or "absent".</summary>
    internal async Task<string> StateAsync(string guest)
    {
        var ran = await TryAsync("domstate", guest);
        return ran.ExitCode == 0 ? ran.Output.Trim() : "absent";
    }

    internal async Task<string[]> DomainsAsync() => Lines(await SayAsync("list", "--all", "--name"));

    internal async Task<string[]> SnapshotsAsync(string guest) => Lines(await SayAsync("snapshot-list", guest, "--name"));

    /// <summary>Every volume of every active pool, as POOL/VOLUME.</summary>
    internal async Task<string[]> VolumesAsync()
    {
        var volumes = new List<string>();
        foreach (var pool in Lines(await SayAsync("pool-list", "--name")))
        {
            await SayAsync("pool-refresh", pool);
            foreach (var line in Lines(await SayAsync("vol-list", pool)))
                volumes.Add($"{pool}/{line.Split(' ', 2)[0]}");
        }
        volumes.Sort(StringComparer.Ordinal);
        return [.. volumes];
    }

    /// <summary>Every volume that is neither an image nor the disk of a guest nor a layer below one: what nobody owns.</summary>
    internal async Task<string[]> OrphansAsync()
    {
        var backing = new Dictionary<string, string?>();
        foreach (var volume in (await VolumesAsync()).Where(volume => !volume.StartsWith("anyvisor-images/", StringComparison.Ordinal)))
        {
            var parts = volume.Split('/', 2);
            var xml = XElement.Parse(await SayAsync("vol-dumpxml", parts[1], "--pool", parts[0]));
            backing[xml.Element("target")!.Element("path")!.Value] = xml.Element("backingStore")?.Element("path")?.Value;
        }
        var owned = new HashSet<string>();
        foreach (var domain in await DomainsAsync())
        foreach (var disk in Lines(await SayAsync("domblklist", domain)))
        {
            var path = disk.Split(' ')[^1];
            while (path is not null && owned.Add(path))
                path = backing.GetValueOrDefault(path);
        }
        return [.. backing.Keys.Except(owned).Order()];
    }

    internal Task<string> WaitForStateAsync(string guest, string state) =>
        Until.AsyncOf($"virsh domstate {guest} says '{state}'", () => StateAsync(guest), seen => seen == state, TestContext.Current.CancellationToken);

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
