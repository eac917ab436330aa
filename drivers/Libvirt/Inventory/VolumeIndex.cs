using System.Collections.Frozen;

namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>A volume as guests' disks need it.</summary>
internal sealed record IndexedVolume(string Datastore, string Name, long? Capacity, string? Format, string? Backing);

/// <summary>All volumes of all active pools, by path and by pool/name. Replaced whole after each look at the pools.</summary>
internal sealed class VolumeIndex(IEnumerable<KeyValuePair<string, IndexedVolume>> volumes)
{
    private readonly FrozenDictionary<string, IndexedVolume> _volumes = volumes.DistinctBy(v => v.Key).ToFrozenDictionary(StringComparer.Ordinal);

    public static VolumeIndex Empty { get; } = new([]);

    /// <param name="source">A path, or pool/name.</param>
    public IndexedVolume? Find(string? source) => source is not null && _volumes.TryGetValue(source, out var volume) ? volume : null;
}
