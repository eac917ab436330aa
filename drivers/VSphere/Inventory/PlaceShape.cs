using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>Makes hosts, clusters, datastores and networks of what is kept of them.</summary>
internal sealed class PlaceShape(string provider, Estate estate, TimeProvider time, bool isVCenter)
{
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public Cluster Cluster(ComputeRecord record)
    {
        var id = NativeIds.Of(record.Self);
        return new Cluster { Id = ObjectId.Derive(ObjectKind.Cluster, provider, id), NativeId = id, Name = record.Name, Provider = provider, ObservedAt = Now };
    }

    public Host Host(HostRecord record)
    {
        var id = NativeIds.Of(record.Self);
        return new Host
        {
            Id = ObjectId.Derive(ObjectKind.Host, provider, id),
            NativeId = id,
            Name = record.Name,
            Provider = provider,
            Cluster = estate.Cluster(record),
            State = Mapping.Host(record.ConnectionWord, record.PowerWord, record.InMaintenance),
            Hypervisor = new Hypervisor("ESXi", Version(record)),
            Arch = Architecture.X86_64,
            GuestArchitectures = [Architecture.X86_64, Architecture.I686],
            HardwareAcceleration = true,
            Vendor = record.Vendor,
            Model = record.Model,
            CpuModel = record.CpuModel,
            Sockets = record.Sockets,
            Cores = record.Cores,
            Cpus = record.Threads,
            Memory = record.Memory,
            ObservedAt = Now,
            Concerns = isVCenter || record.ManagedBy is null
                ? []
                : [new Concern("vsphere.managed-by-vcenter", ConcernSeverity.Warning, "A vCenter manages it", $"The vCenter at {record.ManagedBy} manages this ESXi: what is changed here may be undone there.", "Connect to that vCenter instead.")],
        };
    }

    public Datastore Datastore(DatastoreRecord record)
    {
        var id = NativeIds.Of(record.Self);
        return new Datastore
        {
            Id = ObjectId.Derive(ObjectKind.Datastore, provider, id),
            NativeId = id,
            Name = record.Name,
            Provider = provider,
            Host = !record.MultipleHosts && record.Hosts.Length == 1 ? estate.Find<HostRecord>(record.Hosts[0])?.Name : null,
            Type = record.Type,
            State = record.Maintenance is { Length: > 0 } and not "normal" ? record.Maintenance : record.Accessible ? "accessible" : "inaccessible",
            Active = record.Accessible && record.Maintenance is null or "" or "normal",
            Capacity = record.Capacity,
            Available = record.FreeSpace,
            Location = record.Url,
            ObservedAt = Now,
        };
    }

    public Network Network(NetworkRecord record)
    {
        var id = NativeIds.Of(record.Self);
        return new Network
        {
            Id = ObjectId.Derive(ObjectKind.Network, provider, id),
            NativeId = id,
            Name = record.Name,
            Provider = provider,
            Active = record.Accessible,
            Type = record.Self.Type switch { "DistributedVirtualPortgroup" => "distributed", "OpaqueNetwork" => "opaque", _ => "standard" },
            Bridge = estate.Find<SwitchRecord>(record.Switch)?.Name,
            Vlan = record.Vlan,
            ObservedAt = Now,
        };
    }

    private static string? Version(HostRecord record) =>
        record.Version is null ? null : record.Build is { Length: > 0 } build ? string.Create(CultureInfo.InvariantCulture, $"{record.Version} build {build}") : record.Version;
}
