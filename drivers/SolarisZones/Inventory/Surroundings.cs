using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Drivers.SolarisZones.Wire;

namespace Anyvisor.Drivers.SolarisZones.Inventory;

/// <summary>A ZFS pool. Sizes are bytes.</summary>
internal sealed record Pool(string Name, string Health, long? Used, long? Available, string? MountPoint);

/// <summary>A data link that zones can be on.</summary>
internal sealed record Link(string Name, string Class, bool Up, string? Over);

/// <summary>A ZFS snapshot of a dataset.</summary>
internal sealed record ZfsSnapshot(string Dataset, string Name, DateTime? CreatedAt, string? Description);

/// <summary>What a zone can be on, at or of.</summary>
internal sealed record Surroundings
{
    public ImmutableArray<Pool> Pools { get; init; } = [];
    public ImmutableArray<Link> Links { get; init; } = [];
    public ImmutableArray<ZfsSnapshot> Snapshots { get; init; } = [];

    /// <summary>Names by mount point.</summary>
    public ImmutableDictionary<string, string> Datasets { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Bytes; null where it is not said.</summary>
    public long? FreeMemory { get; init; }

    /// <summary>Images by name, where the system keeps any (SmartOS).</summary>
    public ImmutableArray<VmImage> Images { get; init; } = [];

    /// <summary>What <see cref="Scripts.Surroundings"/> says.</summary>
    public static Surroundings Parse(string output)
    {
        const string Doing = "show its pools, links and snapshots";
        var said = Sections.ByTitle(output, Doing);
        var properties = Properties(said.GetValueOrDefault("space"));
        var snapshots = Properties(said.GetValueOrDefault("snapshots"));
        return new Surroundings
        {
            Pools = [.. Rows(said.GetValueOrDefault("pools")).Where(row => row.Length >= 2).Select(row => PoolOf(row, properties))],
            Links = [.. LinksOf(said)],
            Snapshots = [.. snapshots.Select(SnapshotOf).OfType<ZfsSnapshot>()],
            Datasets = Rows(said.GetValueOrDefault("datasets"))
                .Where(row => row.Length == 2 && row[1].StartsWith('/') && ZoneNames.IsDataset(row[0]))
                .GroupBy(row => row[1], StringComparer.Ordinal)
                .ToImmutableDictionary(group => group.Key, group => group.First()[0], StringComparer.Ordinal),
            FreeMemory = Free(said.GetValueOrDefault("free")),
        };
    }

    private static IEnumerable<string[]> Rows(string? text) => Sections.Lines(text).Select(line => line.Split('\t'));

    // name <tab> property <tab> value, by name
    private static Dictionary<string, Dictionary<string, string>> Properties(string? text)
    {
        var all = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var row in Rows(text))
        {
            if (row.Length < 3)
                throw new ProviderException(ProviderError.ProtocolViolation, $"zfs get says a line that is none: '{ZoneNames.Shown(string.Join(' ', row))}'.");
            if (!all.TryGetValue(row[0], out var properties))
                all[row[0]] = properties = new Dictionary<string, string>(StringComparer.Ordinal);
            properties[row[1]] = row[2];
        }
        return all;
    }

    private static Pool PoolOf(string[] row, Dictionary<string, Dictionary<string, string>> properties)
    {
        var said = properties.GetValueOrDefault(row[0]);
        return new Pool(row[0], row[1], Number(said?.GetValueOrDefault("used")), Number(said?.GetValueOrDefault("available")), said?.GetValueOrDefault("mountpoint") is { } mount && mount.StartsWith('/') ? mount : null);
    }

    private static ZfsSnapshot? SnapshotOf(KeyValuePair<string, Dictionary<string, string>> said)
    {
        var at = said.Key.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || at == said.Key.Length - 1)
            return null;
        var created = Number(said.Value.GetValueOrDefault("creation")) is { } seconds and >= 0 and < 1L << 36 ? DateTime.UnixEpoch.AddSeconds(seconds) : (DateTime?)null;
        var description = said.Value.GetValueOrDefault("anyvisor:description");
        return new ZfsSnapshot(said.Key[..at], said.Key[(at + 1)..], created, description is null or "-" ? null : Uri.UnescapeDataString(description));
    }

    private static IEnumerable<Link> LinksOf(Dictionary<string, string> said)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // link:class:mtu:state:over, a colon within written '\:'
        foreach (var line in Sections.Lines(said.GetValueOrDefault("links")))
            if (line.Split(':') is { Length: >= 4 } f && seen.Add(f[0]))
                yield return new Link(f[0], f[1], f[3] is "up" or "unknown", f.Length > 4 && f[4].Length > 0 && f[4] != "--" ? f[4] : null);
        foreach (var line in Sections.Lines(said.GetValueOrDefault("etherstubs")))
            if (seen.Add(line.Trim()))
                yield return new Link(line.Trim(), "etherstub", true, null);
        // Solaris 10: 'e1000g0 type=non-vlan mtu=1500 device=e1000g0'
        foreach (var line in Sections.Lines(said.GetValueOrDefault("oldlinks")))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words && seen.Add(words[0]))
                yield return new Link(words[0], words.FirstOrDefault(w => w.StartsWith("type=", StringComparison.Ordinal))?[5..] ?? "phys", true, null);
    }

    private static long? Free(string? text)
    {
        var pages = HostFacts.Kstats(text ?? "").FirstOrDefault(k => k.Statistic == "freemem").Value;
        var size = Sections.Lines(text).Select(Number).FirstOrDefault(number => number is >= 512 and <= 1 << 20);
        return Number(pages) is { } count && size is { } bytes && count < 1L << 40 ? count * bytes : null;
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>An image of SmartOS.</summary>
internal sealed record VmImage(string Uuid, string Name, string Version, string Os, string Type, long? Size);
