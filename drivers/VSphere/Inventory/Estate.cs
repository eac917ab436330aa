using System.Collections.Concurrent;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>
/// All that is watched, by reference. Changed by the watch alone; other threads may look things up, and see each as it
/// was before or after a change.
/// </summary>
internal sealed class Estate
{
    private readonly ConcurrentDictionary<string, EstateRecord> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<NativeId, GuestRecord> _shown = new();
    private readonly ConcurrentDictionary<string, NetworkRecord> _portgroups = new(StringComparer.Ordinal);

    public Interner Words { get; } = new();

    public ICollection<EstateRecord> Records => _records.Values;

    public IEnumerable<T> All<T>()
        where T : EstateRecord => _records.Values.OfType<T>();

    /// <summary>The record of an object, made where it is new; null for a type that is not watched.</summary>
    public EstateRecord? Enter(MoRef self)
    {
        if (_records.TryGetValue(self.Value, out var known))
            return known;
        if (Make(self) is not { } made)
            return null;
        _records[self.Value] = made;
        return made;
    }

    public EstateRecord? Leave(MoRef self) => _records.TryRemove(self.Value, out var left) ? left : null;

    public T? Find<T>(MoRef self)
        where T : EstateRecord => self.IsEmpty ? null : _records.GetValueOrDefault(self.Value) as T;

    /// <summary>A network by its reference or by its port group's key.</summary>
    public NetworkRecord? Network(string reference)
    {
        if (_records.GetValueOrDefault(reference) is NetworkRecord found)
            return found;
        if (_portgroups.TryGetValue(reference, out var known))
            return known;
        if (All<NetworkRecord>().FirstOrDefault(network => network.Key == reference) is not { } network)
            return null;
        return _portgroups[reference] = network;
    }

    /// <summary>A guest or template as it was shown.</summary>
    public GuestRecord? Shown(NativeId id) => _shown.GetValueOrDefault(id);

    public void NoteShown(GuestRecord record, NativeId id) => _shown[id] = record;

    public void NoteGone(NativeId id, GuestRecord record) => _ = _shown.TryRemove(KeyValuePair.Create(id, record));

    /// <summary>Whether the datastores of that name are all known to be out of reach.</summary>
    public bool IsUnreached(string datastore) => Unreached.Contains(datastore);

    /// <summary>Names of datastores that no host reaches now.</summary>
    public IReadOnlySet<string> Unreached { get; private set; } = new HashSet<string>();

    /// <summary>Finds out which datastores are out of reach; a name that one of several bears that is reached is not.</summary>
    public void NoteDatastores() =>
        Unreached = All<DatastoreRecord>().GroupBy(datastore => datastore.Name).Where(alike => alike.All(datastore => !datastore.Accessible)).Select(alike => alike.Key).ToHashSet(StringComparer.Ordinal);

    public ComputeRecord? Compute(HostRecord? host) => host is null ? null : Find<ComputeRecord>(host.Parent);

    public string? Cluster(HostRecord? host) => Compute(host) is { IsCluster: true } cluster ? cluster.Name : null;

    /// <summary>The datacenter that an object is in, by its parents.</summary>
    public PlaceRecord? Datacenter(EstateRecord? record)
    {
        for (var steps = 0; record is not null && steps < 64; steps++)
        {
            if (record is PlaceRecord { Self.Type: "Datacenter" } datacenter)
                return datacenter;
            record = Find<EstateRecord>(record.Parent);
        }
        return null;
    }

    /// <summary>The folders that a guest is in, below its datacenter's own.</summary>
    public string Folder(EstateRecord record)
    {
        var names = new List<string>();
        var at = Find<PlaceRecord>(record.Parent);
        for (var steps = 0; at is { Self.Type: "Folder" } && steps < 64; steps++)
        {
            var above = Find<PlaceRecord>(at.Parent);
            if (above is not { Self.Type: "Folder" })
                break; // The datacenter's own folder, which everybody has.
            names.Add(at.Name);
            at = above;
        }
        names.Reverse();
        return string.Join('/', names);
    }

    private static EstateRecord? Make(MoRef self) =>
        self.Type switch
        {
            "VirtualMachine" => new GuestRecord(self),
            "HostSystem" => new HostRecord(self),
            "ComputeResource" or "ClusterComputeResource" => new ComputeRecord(self),
            "Datacenter" or "Folder" or "ResourcePool" or "VirtualApp" or "StoragePod" => new PlaceRecord(self),
            "Datastore" => new DatastoreRecord(self),
            "Network" or "DistributedVirtualPortgroup" or "OpaqueNetwork" => new NetworkRecord(self),
            "DistributedVirtualSwitch" or "VmwareDistributedVirtualSwitch" => new SwitchRecord(self),
            "CustomFieldsManager" => new FieldsRecord(self),
            "EventHistoryCollector" => new EventsRecord(self),
            "LicenseManager" => new LicensesRecord(self),
            _ => null,
        };
}
