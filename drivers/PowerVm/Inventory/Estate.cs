using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>
/// What the connection knows of the console's estate, for whoever plans work, judges verbs, or puts together a guest
/// from what came in several calls. Written by the watch, and by reads of one guest; thread-safe.
/// </summary>
internal sealed class Estate
{
    private readonly ConcurrentDictionary<Guid, SystemDraft> _systems = new();
    private readonly ConcurrentDictionary<Guid, PartitionDraft> _partitions = new();
    private readonly ConcurrentDictionary<Guid, ImmutableArray<Nic>> _nics = new();
    private readonly ConcurrentDictionary<Guid, ImmutableDictionary<Guid, ImmutableArray<ServedDisk>>> _served = new();
    private readonly ConcurrentDictionary<Guid, NetworkDraft> _networks = new();
    private volatile ImmutableDictionary<Guid, ImmutableDictionary<string, string>> _tags = ImmutableDictionary<Guid, ImmutableDictionary<string, string>>.Empty;
    private volatile ImmutableDictionary<Guid, TemplateDraft> _templates = ImmutableDictionary<Guid, TemplateDraft>.Empty;
    private volatile PoolDraft[] _pools = [];

    public ICollection<SystemDraft> Systems => _systems.Values;
    public ICollection<PartitionDraft> Partitions => _partitions.Values;
    public IReadOnlyDictionary<Guid, NetworkDraft> Networks => _networks;
    public ImmutableArray<PoolDraft> Pools { get => [.. _pools]; set => _pools = [.. value]; }
    public ImmutableDictionary<Guid, TemplateDraft> Templates { get => _templates; set => _templates = value; }
    public ImmutableDictionary<Guid, ImmutableDictionary<string, string>> Tags { get => _tags; set => _tags = value; }

    public SystemDraft? System(Guid uuid) => _systems.GetValueOrDefault(uuid);

    public SystemDraft? System(string? name) => _systems.Values.FirstOrDefault(system => system.Host.Name == name);

    public string? SystemName(Guid uuid) => System(uuid)?.Host.Name;

    public PartitionDraft? Partition(NativeId id) => id.TryGetUuid(out var uuid) ? _partitions.GetValueOrDefault(uuid) : null;

    public void Note(SystemDraft system) => _systems[system.Uuid] = system;

    /// <summary>Without its native form, which is told once and would be most of what is kept.</summary>
    public void Note(PartitionDraft partition) => _partitions[partition.Facts.Uuid] = partition with { Native = default };

    public void Note(NetworkDraft network) => _networks[network.Uuid] = network;

    public void NoteNics(Guid partition, ImmutableArray<Nic> nics) => _nics[partition] = nics;

    public bool HasNics(Guid partition) => _nics.ContainsKey(partition);

    /// <summary>Notes what a VIOS serves; gives the partitions whose disks changed by it.</summary>
    public ImmutableArray<Guid> NoteServed(Guid vios, ImmutableDictionary<Guid, ImmutableArray<ServedDisk>> served)
    {
        var before = _served.GetValueOrDefault(vios, ImmutableDictionary<Guid, ImmutableArray<ServedDisk>>.Empty);
        _served[vios] = served;
        return [.. before.Keys.Union(served.Keys).Where(guest => !before.GetValueOrDefault(guest, []).AsSpan().SequenceEqual(served.GetValueOrDefault(guest, []).AsSpan()))];
    }

    public void Forget(Guid partition)
    {
        _ = _partitions.TryRemove(partition, out _);
        _ = _nics.TryRemove(partition, out _);
        _ = _served.TryRemove(partition, out _);
    }

    /// <summary>After a full listing: what it did not show is gone.</summary>
    public void Keep(IReadOnlySet<Guid> systems, IReadOnlySet<Guid> partitions, IReadOnlySet<Guid> networks)
    {
        foreach (var gone in _systems.Keys.Where(id => !systems.Contains(id)))
            _ = _systems.TryRemove(gone, out _);
        foreach (var gone in _networks.Keys.Where(id => !networks.Contains(id)))
            _ = _networks.TryRemove(gone, out _);
        foreach (var gone in _partitions.Keys.Where(id => !partitions.Contains(id)))
            Forget(gone);
    }

    /// <summary>The guest whole: with its nics, disks and tags.</summary>
    public Guest Complete(PartitionDraft draft)
    {
        var uuid = draft.Facts.Uuid;
        // Partition ids and slots say which VIOS is meant; a partition of another system never has the same UUID.
        var served = _served.Values.SelectMany(by => by.GetValueOrDefault(uuid, []));
        return draft.Guest with
        {
            Nics = NetworkReader.WithAddress(_nics.GetValueOrDefault(uuid, []), draft.Address),
            Disks = StorageReader.Join(served),
            Tags = _tags.GetValueOrDefault(uuid, ImmutableDictionary<string, string>.Empty),
        };
    }
}
