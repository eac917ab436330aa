using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>A volume group of a VIOS, or a shared storage pool: where logical disks can be made.</summary>
internal sealed record PoolDraft(Datastore Datastore, ImmutableArray<Volume> Volumes, string Path, Guid? Vios, Guid? Cluster);

/// <summary>
/// Finds partitions' disks where they are: a partition has adapters alone, and what is behind them only the VIOS at the
/// other end knows. One disk may be reached through several of them: its paths are joined by its unique device id.
/// </summary>
internal sealed class StorageReader(string provider, TimeProvider time)
{
    private const long Mebi = 1 << 20;
    private const long Gibi = 1 << 30;

    /// <summary>The disks that one VIOS serves, by partition.</summary>
    public static ImmutableDictionary<Guid, ImmutableArray<ServedDisk>> ReadMappings(XElement vios)
    {
        var disks = ImmutableDictionary.CreateBuilder<Guid, ImmutableArray<ServedDisk>>();
        foreach (var mapping in vios.Child("VirtualSCSIMappings").Children("VirtualSCSIMapping"))
            if (mapping.Child("AssociatedLogicalPartition").LinkedUuid() is { } guest && Scsi(mapping) is { } disk)
                disks[guest] = disks.GetValueOrDefault(guest, []).Add(disk);
        foreach (var mapping in vios.Child("VirtualFibreChannelMappings").Children("VirtualFibreChannelMapping"))
            if (mapping.Child("AssociatedLogicalPartition").LinkedUuid() is { } guest && Fibre(mapping) is { } disk)
                disks[guest] = disks.GetValueOrDefault(guest, []).Add(disk);
        return disks.ToImmutable();
    }

    /// <summary>One guest's disks from what all VIOSes serve it.</summary>
    public static ImmutableArray<Disk> Join(IEnumerable<ServedDisk> served) =>
        [
            .. served.GroupBy(disk => disk.Key, StringComparer.Ordinal)
                .Select(paths => paths.First().Disk with { Shared = paths.Any(path => path.Disk.Shared) })
                .OrderBy(disk => disk.Name, StringComparer.Ordinal),
        ];

    public PoolDraft ReadPool(HmcObject read)
    {
        var pool = read.Content;
        var name = pool.Text("StoragePoolName") ?? read.Id;
        var store = Store(read.Id, name, "shared-storage-pool", null, pool.Bytes("Capacity", Gibi), pool.Bytes("FreeSpace", Gibi), $"cluster {pool.Child("AssociatedCluster").LinkedUuid()}");
        var volumes = pool.Child("LogicalUnits").Children("LogicalUnit").Where(unit => unit.Text("UniqueDeviceID") is not null).Select(unit =>
            Volume(unit.Text("UniqueDeviceID")!, unit.Text("UnitName") ?? "unnamed", name, unit.Bytes("UnitCapacity", Gibi), unit.Flag("ThinDevice") == true ? "thin" : "thick"));
        return new PoolDraft(store, [.. volumes.DistinctBy(volume => volume.NativeId)], $"uom/SharedStoragePool/{Uri.EscapeDataString(read.Id)}", null, pool.Child("AssociatedCluster").LinkedUuid());
    }

    public PoolDraft ReadVolumeGroup(HmcObject read, Guid vios, string viosName, string? host)
    {
        var group = read.Content;
        // Every VIOS has a rootvg: the name alone tells nothing.
        var name = $"{viosName}/{group.Text("GroupName") ?? read.Id}";
        var store = Store(read.Id, name, "volume-group", host, group.Bytes("GroupCapacity", Gibi), group.Bytes("FreeSpace", Gibi) ?? group.Bytes("AvailableSize", Gibi), viosName);
        var volumes = group.Child("VirtualDisks").Children("VirtualDisk").Where(disk => disk.Text("DiskName") is not null).Select(disk =>
            Volume(disk.Text("UniqueDeviceID") ?? $"{vios:D}/{disk.Text("DiskName")}", disk.Text("DiskName")!, name, disk.Bytes("DiskCapacity", Gibi), "raw"));
        return new PoolDraft(store, [.. volumes.DistinctBy(volume => volume.NativeId)], $"uom/VirtualIOServer/{PartitionFacts.Address(vios)}/VolumeGroup/{Uri.EscapeDataString(read.Id)}", vios, null);
    }

    private static ServedDisk? Scsi(XElement mapping)
    {
        var storage = mapping.Child("Storage")?.Elements().FirstOrDefault();
        if (storage is null)
            return null; // An adapter with nothing behind it.
        var target = mapping.Child("TargetDevice")?.Elements().FirstOrDefault();
        var (name, udid, capacity, device) = storage.Name.LocalName switch
        {
            "PhysicalVolume" => (storage.Text("VolumeName"), storage.Text("UniqueDeviceID") ?? storage.Text("VolumeUniqueID"), storage.Bytes("VolumeCapacity", Mebi), "lun"),
            "VirtualDisk" => (storage.Text("DiskName"), storage.Text("UniqueDeviceID"), storage.Bytes("DiskCapacity", Gibi), "disk"),
            "LogicalUnit" => (storage.Text("UnitName"), storage.Text("UniqueDeviceID"), storage.Bytes("UnitCapacity", Gibi), "disk"),
            "VirtualOpticalMedia" => (storage.Text("MediaName"), storage.Text("MediaUDID"), storage.Bytes("Size", Gibi), "cdrom"),
            _ => (mapping.Text("ServerAdapter/BackingDeviceName"), storage.Text("UniqueDeviceID"), null, "disk"),
        };
        var disk = new Disk
        {
            Name = target.Text("TargetName") ?? name ?? "vscsi",
            Device = device,
            Bus = "vscsi",
            Format = "raw",
            Capacity = capacity,
            Source = name,
            ReadOnly = device == "cdrom" && !string.Equals(storage.Text("MountType"), "rw", StringComparison.OrdinalIgnoreCase),
        };
        return new ServedDisk(udid ?? $"{mapping.Text("ServerAdapter/UniqueDeviceID")}/{name}", disk);
    }

    /// <summary>What is at the end of a virtual fibre channel is between the partition and its storage: the console knows no sizes.</summary>
    private static ServedDisk? Fibre(XElement mapping)
    {
        var names = mapping.Text("ClientAdapter/WWPNs") ?? mapping.Text("ClientAdapter/WWPNs/WWPN");
        if (names is null && mapping.Child("ClientAdapter") is null)
            return null;
        var slot = mapping.Text("ClientAdapter/VirtualSlotNumber") ?? mapping.Text("ServerAdapter/ConnectingVirtualSlotNumber");
        return new ServedDisk(names ?? $"npiv-{slot}", new Disk { Name = $"fcs-C{slot}", Device = "lun", Bus = "npiv", Source = names });
    }

    private Datastore Store(string id, string name, string type, string? host, long? capacity, long? free, string location)
    {
        var nativeId = Native(id);
        return new Datastore
        {
            Id = ObjectId.Derive(ObjectKind.Datastore, provider, nativeId),
            NativeId = nativeId,
            Name = name,
            Provider = provider,
            Host = host,
            Type = type,
            State = "available",
            Active = true,
            Capacity = capacity,
            Available = free,
            Location = location,
            ObservedAt = time.GetUtcNow().UtcDateTime,
        };
    }

    private Volume Volume(string id, string name, string datastore, long? capacity, string format)
    {
        // Device ids run to 70 characters and more; as an identity their hash does.
        var nativeId = new NativeId(id.Length <= 64 ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)));
        return new Volume
        {
            Id = ObjectId.Derive(ObjectKind.Volume, provider, nativeId),
            NativeId = nativeId,
            Name = name,
            Provider = provider,
            Datastore = datastore,
            Format = format,
            Capacity = capacity,
            Path = id,
            ObservedAt = time.GetUtcNow().UtcDateTime,
        };
    }

    private static NativeId Native(string id) => Guid.TryParse(id, out var uuid) ? new NativeId(uuid) : new NativeId(id);
}

/// <summary>A disk as one VIOS serves it.</summary>
/// <param name="Key">The same for all paths to it.</param>
/// <param name="Disk">As the guest has it.</param>
internal sealed record ServedDisk(string Key, Disk Disk);
