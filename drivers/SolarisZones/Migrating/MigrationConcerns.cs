using System.Collections.Immutable;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Migrating;

/// <summary>What may go wrong with a zone at another global zone, by what both say of themselves.</summary>
internal static class MigrationConcerns
{
    /// <param name="from">Where the zone is.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="line">The zone.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="there">What the other side has.</param>
    /// <param name="used">Bytes of the zone's dataset and what is below it; null when unknown.</param>
    /// <param name="available">Bytes that the other side has for it; null when unknown.</param>
    public static ImmutableArray<Concern> Of(HostFacts from, HostFacts to, ZoneLine line, ZoneConfig config, Surroundings there, long? used, long? available) =>
        [.. Machine(from, to, line), .. Release(from, to), .. Room(to, used, available), .. Networks(to, line, config, there), .. Left(line, config)];

    private static IEnumerable<Concern> Machine(HostFacts from, HostFacts to, ZoneLine line)
    {
        if (from.Arch != to.Arch && from.Arch != Architecture.Unknown && to.Arch != Architecture.Unknown)
            yield return new Concern("zones.architecture", ConcernSeverity.Critical, "Another architecture", $"{from.Name} is {from.Arch}, {to.Name} is {to.Arch}: a zone runs on its host's kernel.", "Choose a host of the same architecture.");
        if (from.Flavor != to.Flavor)
            yield return new Concern("zones.brand", ConcernSeverity.Critical, "Another system", $"The zone's brand is {line.Brand}, of {from.Release}; {to.Name} runs {to.Release}.", "Choose a host that runs the same system, or move the zone's data into a new zone there.");
    }

    private static IEnumerable<Concern> Release(HostFacts from, HostFacts to)
    {
        if (from.Version == to.Version || from.Flavor != to.Flavor)
            yield break;
        yield return Older(to.Version, from.Version)
            ? new Concern("zones.release", ConcernSeverity.Critical, "An older release", $"{from.Name} runs {from.Version}, {to.Name} the older {to.Version}: a zone is updated when it is attached, and never taken back.", $"Update {to.Name} first.")
            : new Concern("zones.release", ConcernSeverity.Warning, "Another release", $"{from.Name} runs {from.Version}, {to.Name} {to.Version}: the zone is updated when it is attached, and can't come back after that.", "Keep a snapshot or a clone here.");
    }

    private static IEnumerable<Concern> Room(HostFacts to, long? used, long? available)
    {
        if (used > available)
            yield return new Concern("zones.room", ConcernSeverity.Critical, "Not enough room", $"The zone's datasets hold {ZoneSizes.Text(used.Value)}, and {to.Name} has {ZoneSizes.Text(available.Value)} for them.", "Make room in the pool there.");
        else if (used is null || available is null)
            yield return new Concern("zones.room", ConcernSeverity.Information, "Room unknown", $"zfs does not say how large the zone is, or how much room {to.Name} has.");
    }

    private static IEnumerable<Concern> Networks(HostFacts to, ZoneLine line, ZoneConfig config, Surroundings there) =>
        from net in config.Resources
        where net.Type is "net" or "anet"
        let link = net["lower-link"] ?? net["global-nic"] ?? net["physical"]
        where link is not (null or "auto") && !there.Links.Any(l => l.Name == link)
        select new Concern("zones.network", ConcernSeverity.Warning, "No such link", $"The zone's nic is on the link {link}, which {to.Name} does not have: it can't be booted there before that is changed.", $"Make the link there, or change the nic: zonecfg -z {line.Name}.");

    private static IEnumerable<Concern> Left(ZoneLine line, ZoneConfig config)
    {
        var left = config.Resources
            .Select(r => r.Type switch
            {
                "dataset" => r["name"],
                "device" => r["match"] ?? r["storage"],
                "fs" when r["special"] is { } special && !special.StartsWith(line.Path, StringComparison.Ordinal) => special,
                _ => null,
            })
            .OfType<string>()
            .ToList();
        if (left.Count > 0)
            yield return new Concern("zones.left", ConcernSeverity.Warning, "Not brought along", $"Only what lies below {line.Path} is sent. These stay: {string.Join(", ", left)}.", "Bring them there first, under the same names, or take them out of the configuration.");
    }

    /// <summary>Whether the first of two versions, as uname says them, is older: by their numbers, one after another.</summary>
    private static bool Older(string first, string second)
    {
        var (a, b) = (Numbers(first), Numbers(second));
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
            if (a[i] != b[i])
                return a[i] < b[i];
        return false;
    }

    private static List<long> Numbers(string version) =>
        [.. version.Split(version.Where(c => !char.IsAsciiDigit(c)).Distinct().ToArray(), StringSplitOptions.RemoveEmptyEntries).Select(digits => long.TryParse(digits, out var number) ? number : 0)];
}
