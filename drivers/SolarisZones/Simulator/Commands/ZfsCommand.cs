using System.Globalization;
using System.Text;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Commands;

/// <summary>zfs(8), as far as zones need it.</summary>
internal static class ZfsCommand
{
    private const string Stream = "simulated-zfs-stream\n";

    public static async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        if (call.Words is [_, "receive" or "recv", .., var into])
        {
            var sent = await call.Io.In.ReadAllAsync(cancellationToken).ConfigureAwait(false);
            lock (call.Host.Gate)
                return Receive(call, into, sent);
        }
        lock (call.Host.Gate)
            return call.Words switch
            {
                [_, "list", .. var rest] => List(call, rest),
                [_, "get", .. var rest] => Get(call, rest),
                [_, "snapshot", .. var rest] => Snapshot(call, rest),
                [_, "rollback", .. var rest] => Rollback(call, rest),
                [_, "destroy", .. var rest] => Destroy(call, rest),
                [_, "send", .., var snapshot] => Send(call, snapshot),
                _ => call.Fail("zfs: this is not simulated", 2),
            };
    }

    private static int List(Call call, string[] words)
    {
        var columns = words[Array.IndexOf(words, "-o") + 1].Split(',');
        var target = words.Skip(1).Where((word, at) => !word.StartsWith('-') && words[at] is not ("-o" or "-t")).FirstOrDefault();
        var text = new StringBuilder();
        if (target?.IndexOf('@', StringComparison.Ordinal) is var mark and > 0)
            return Find(call, target) is null ? Missing(call, target) : call.Say(target + "\n");
        foreach (var dataset in Targets(call.Host, target, words.Contains("-r")))
            text.Append(string.Join('\t', columns.Select(column => column == "name" ? dataset.Name : dataset.Mount))).Append('\n');
        return target is not null && text.Length == 0 ? Missing(call, target) : call.Say(text.ToString());
    }

    private static IEnumerable<SimDataset> Targets(SimHost host, string? target, bool below)
    {
        if (target is null)
            return host.Datasets.Values;
        var name = target.StartsWith('/') ? host.Mounts.GetValueOrDefault(target, "") : target;
        if (!below)
            return host.Datasets.TryGetValue(name, out var one) ? [one] : [];
        return host.Datasets.Values.Where(d => d.Name == name || d.Name.StartsWith(name + "/", StringComparison.Ordinal));
    }

    private static int Get(Call call, string[] words)
    {
        var target = words[^1];
        var properties = words[^2].Split(',');
        if (target.Contains('@', StringComparison.Ordinal))
            return Find(call, target) is { } found ? call.Say(found.Properties.GetValueOrDefault(properties[0], "-") + "\n") : Missing(call, target);
        if (!call.Host.Datasets.ContainsKey(target))
            return Missing(call, target);
        var text = new StringBuilder();
        foreach (var dataset in Targets(call.Host, target, words.Contains("-r")))
        {
            foreach (var property in properties)
                Row(text, dataset.Name, property, property switch { "used" => "107374182400", "available" => "1992864825344", "mountpoint" => dataset.Mount, "creation" => "1700000000", _ => "-" });
            foreach (var snapshot in dataset.Snapshots)
                foreach (var property in properties)
                    Row(text, $"{dataset.Name}@{snapshot.Name}", property, property == "creation" ? snapshot.Creation.ToString(CultureInfo.InvariantCulture) : snapshot.Properties.GetValueOrDefault(property, "-"));
        }
        return call.Say(text.ToString());
    }

    private static void Row(StringBuilder text, string name, string property, string value) => text.Append(name).Append('\t').Append(property).Append('\t').Append(value).Append('\n');

    private static int Snapshot(Call call, string[] words)
    {
        var (dataset, name) = Parts(words[^1]);
        if (!call.Host.Datasets.ContainsKey(dataset))
            return Missing(call, dataset);
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < words.Length; i++)
            if (words[i] == "-o" && words[i + 1].IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                properties[words[i + 1][..at]] = words[i + 1][(at + 1)..];
        foreach (var target in Targets(call.Host, dataset, words.Contains("-r")))
        {
            if (target.Snapshots.Exists(s => s.Name == name))
                return call.Fail($"cannot create snapshot '{words[^1]}': dataset already exists");
            target.Snapshots.Add(new SimSnapshot(name, call.Host.Time.GetUtcNow().ToUnixTimeSeconds(), properties));
        }
        return 0;
    }

    private static int Rollback(Call call, string[] words)
    {
        var (dataset, name) = Parts(words[^1]);
        if (Find(call, words[^1]) is not { } found)
            return Missing(call, words[^1]);
        var snapshots = call.Host.Datasets[dataset].Snapshots;
        var later = snapshots.Count - 1 - snapshots.IndexOf(found);
        if (later > 0 && !words.Contains("-r"))
            return call.Fail($"cannot rollback to '{words[^1]}': more recent snapshots or bookmarks exist\nuse '-r' to force deletion of the following snapshots");
        snapshots.RemoveRange(snapshots.Count - later, later);
        return 0;
    }

    private static int Destroy(Call call, string[] words)
    {
        var (dataset, name) = Parts(words[^1]);
        if (name.Length == 0)
        {
            var gone = Targets(call.Host, dataset, words.Contains("-r")).Select(d => d.Name).ToList();
            gone.ForEach(call.Host.RemoveDataset);
            return gone.Count > 0 ? 0 : Missing(call, dataset);
        }
        var removed = 0;
        foreach (var target in Targets(call.Host, dataset, words.Contains("-r")))
            removed += target.Snapshots.RemoveAll(s => s.Name == name);
        return removed > 0 ? 0 : call.Fail("could not find any snapshots to destroy; check snapshot names.");
    }

    // A stream of ours: a line for each dataset and each snapshot, with their properties. Their data are as many zeros.
    private static int Send(Call call, string snapshot)
    {
        var (dataset, name) = Parts(snapshot);
        if (Find(call, snapshot) is null)
            return Missing(call, snapshot);
        var text = new StringBuilder(Stream);
        foreach (var sent in Targets(call.Host, dataset, below: call.Words.Contains("-R")).Where(d => d.Snapshots.Exists(s => s.Name == name)))
        {
            text.Append(CultureInfo.InvariantCulture, $"dataset\t{sent.Name[dataset.Length..]}\t{sent.Mount}\n");
            foreach (var one in sent.Snapshots.Take(sent.Snapshots.FindIndex(s => s.Name == name) + 1))
                text.Append(CultureInfo.InvariantCulture, $"snapshot\t{one.Name}\t{one.Creation}\t{string.Join('\t', one.Properties.Select(p => $"{p.Key}={p.Value}"))}\n");
            text.Append('0', 100_000).Append('\n');
        }
        return call.Say(text.ToString());
    }

    private static int Receive(Call call, string into, string sent)
    {
        if (!sent.StartsWith(Stream, StringComparison.Ordinal) || !sent.EndsWith("0\n", StringComparison.Ordinal))
            return call.Fail("cannot receive: invalid stream (bad magic number): invalid argument");
        if (call.Host.Datasets.ContainsKey(into))
            return call.Fail($"cannot receive new filesystem stream: destination '{into}' already exists");
        if (!call.Host.Datasets.ContainsKey(into[..Math.Max(0, into.LastIndexOf('/'))]))
            return call.Fail($"cannot open '{into}': dataset does not exist");
        SimDataset? received = null;
        foreach (var line in sent.Split('\n').Select(line => line.Split('\t')))
            if (line is ["dataset", var below, var mount])
                received = call.Host.AddDataset(into + below, mount);
            else if (line is ["snapshot", var name, var creation, .. var properties])
                received!.Snapshots.Add(new SimSnapshot(name, long.Parse(creation, CultureInfo.InvariantCulture), properties.Where(p => p.Contains('=', StringComparison.Ordinal)).ToDictionary(p => p[..p.IndexOf('=', StringComparison.Ordinal)], p => p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..])));
        return 0;
    }

    private static SimSnapshot? Find(Call call, string full)
    {
        var (dataset, name) = Parts(full);
        return call.Host.Datasets.GetValueOrDefault(dataset)?.Snapshots.Find(s => s.Name == name);
    }

    private static (string Dataset, string Snapshot) Parts(string full) => full.IndexOf('@', StringComparison.Ordinal) is var at and >= 0 ? (full[..at], full[(at + 1)..]) : (full, "");

    private static int Missing(Call call, string name) => call.Fail($"cannot open '{name}': dataset does not exist");
}
