using System.Globalization;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>What a VIOS has beyond any partition, and the pools of disks.</summary>
internal static class ViosXml
{
    public static void Write(XmlOut xml, SimPartition vios, string root, bool storage)
    {
        if (storage)
            xml.Raw("<StoragePools kb=\"CUD\" kxe=\"false\" group=\"ViosStorage\">")
                .Raw(string.Concat(vios.VolumeGroups.Select(group => $"<link href=\"{root}/rest/api/uom/VirtualIOServer/{vios.Key}/VolumeGroup/{group.Uuid:D}\" rel=\"related\"/>")))
                .Raw("</StoragePools>");
        xml.Leaf("VirtualIOServerLicenseAccepted", "CUD", true);
        if (!storage)
            return;
        xml.Open("VirtualSCSIMappings", "CUD", "ViosSCSIMapping");
        foreach (var mapping in vios.Mappings)
            Mapping(xml, vios, mapping, root);
        xml.Close();
    }

    public static string Pool(SimPool pool, SimPartition? vios, string root) =>
        pool.Shared
            ? XmlOut.Object("SharedStoragePool", "uom", pool.Uuid.ToString("D"), xml =>
            {
                xml.Open("LogicalUnits");
                foreach (var disk in pool.Disks)
                {
                    xml.Open("LogicalUnit", null);
                    Unit(xml, disk);
                    xml.Close();
                }
                xml.Close()
                    .Leaf("MultiDataTierConfigured", "CUD", false).Leaf("MultiFailureGroupConfigured", "CUD", false)
                    .Open("PhysicalVolumes", "CUR").Close()
                    .Leaf("Capacity", "CUR", pool.Capacity).Leaf("FreeSpace", "CUR", pool.Free).Leaf("OverCommitSpace", "CUR", 0)
                    .Leaf("TotalLogicalUnitSize", "CUR", pool.Capacity - pool.Free).Leaf("AlertThreshold", "CUD", "60%")
                    .Leaf("StoragePoolName", "CUR", pool.Name).Leaf("UniqueDeviceID", "ROR", $"247b8db8{pool.Uuid:N}")
                    .Related("AssociatedCluster", "CUD", $"{root}/rest/api/uom/Cluster/{pool.Cluster:D}");
            })
            : XmlOut.Object("VolumeGroup", "uom", pool.Uuid.ToString("D"), xml =>
            {
                xml.Leaf("AvailableSize", "ROR", pool.Free).Leaf("FreeSpace", "ROR", pool.Free).Leaf("GroupCapacity", "ROR", pool.Capacity)
                    .Leaf("GroupName", "CUR", pool.Name).Leaf("GroupSerialID", "ROR", $"00f8d6de{pool.Uuid.ToString("N")[..24]}").Leaf("MaximumLogicalVolumes", "ROR", 1024)
                    .Open("PhysicalVolumes").Close()
                    .Leaf("UniqueDeviceID", "ROR", $"04{pool.Uuid:N}")
                    .Open("VirtualDisks");
                foreach (var disk in pool.Disks)
                    xml.Open("VirtualDisk", null).Leaf("DiskCapacity", "CUR", Size(disk)).Leaf("DiskLabel", "CUR", "None").Leaf("DiskName", "CUR", disk.Name)
                        .Related("VolumeGroup", "ROR", $"{root}/rest/api/uom/VirtualIOServer/{vios!.Key}/VolumeGroup/{pool.Uuid:D}").Leaf("UniqueDeviceID", "ROR", disk.Udid).Close();
                xml.Close();
            });

    private static void Mapping(XmlOut xml, SimPartition vios, SimMapping mapping, string root)
    {
        var prefix = vios.System.LocationPrefix;
        var shared = !vios.VolumeGroups.Any(group => group.Disks.Contains(mapping.Disk));
        xml.Open("VirtualSCSIMapping", null)
            .Related("AssociatedLogicalPartition", "CUR", $"{root}/rest/api/uom/ManagedSystem/{vios.System.Uuid:D}/LogicalPartition/{mapping.Partition.ToString("D").ToUpperInvariant()}")
            .Open("ClientAdapter", "CUR")
            .Leaf("AdapterType", "ROR", "Client").Leaf("DynamicReconfigurationConnectorName", "CUD", $"{prefix}-V{mapping.ClientId}-C{mapping.ClientSlot}").Leaf("LocationCode", "ROR", $"{prefix}-V{mapping.ClientId}-C{mapping.ClientSlot}")
            .Leaf("LocalPartitionID", "CUR", mapping.ClientId).Leaf("RequiredAdapter", "CUD", false).Leaf("VariedOn", "CUD", true).Leaf("VirtualSlotNumber", "COD", mapping.ClientSlot)
            .Leaf("RemoteLogicalPartitionID", "CUR", vios.Id).Leaf("RemoteSlotNumber", "CUA", mapping.ServerSlot).Leaf("ServerLocationCode", "CUR", $"{prefix}-V{vios.Id}-C{mapping.ServerSlot}")
            .Close()
            .Open("ServerAdapter", "CUR")
            .Leaf("AdapterType", "ROR", "Server").Leaf("DynamicReconfigurationConnectorName", "CUD", $"{prefix}-V{vios.Id}-C{mapping.ServerSlot}").Leaf("LocationCode", "ROR", $"{prefix}-V{vios.Id}-C{mapping.ServerSlot}")
            .Leaf("LocalPartitionID", "CUR", vios.Id).Leaf("RequiredAdapter", "CUD", false).Leaf("VariedOn", "CUD", true).Leaf("VirtualSlotNumber", "COD", mapping.ServerSlot)
            .Leaf("AdapterName", "CUR", mapping.Host).Leaf("BackingDeviceName", "CUR", mapping.Disk.Name).Leaf("RemoteLogicalPartitionID", "CUR", mapping.ClientId).Leaf("RemoteSlotNumber", "CUA", mapping.ClientSlot)
            .Leaf("ServerLocationCode", "CUR", $"{prefix}-V{mapping.ClientId}-C{mapping.ClientSlot}").Leaf("UniqueDeviceID", "ROR", $"1e{prefix}-V{vios.Id}-C{mapping.ServerSlot}")
            .Close()
            .Raw("<Storage kb=\"CUR\" kxe=\"false\">");
        if (shared)
        {
            xml.Open("LogicalUnit", null);
            Unit(xml, mapping.Disk);
            xml.Close();
        }
        else
            xml.Open("VirtualDisk", null).Leaf("DiskCapacity", "CUR", Size(mapping.Disk)).Leaf("DiskLabel", "CUR", "None").Leaf("DiskName", "CUR", mapping.Disk.Name).Leaf("UniqueDeviceID", "ROR", mapping.Disk.Udid).Close();
        xml.Raw("</Storage><TargetDevice kb=\"CUR\" kxe=\"false\">")
            .Open(shared ? "SharedStoragePoolLogicalUnitVirtualTargetDevice" : "LogicalVolumeVirtualTargetDevice", null)
            .Leaf("LogicalUnitAddress", "CUR", "0x8100000000000000").Leaf("TargetName", "CUR", mapping.Target).Leaf("UniqueDeviceID", "ROR", $"09{mapping.ServerSlot:x4}{vios.Id:x4}")
            .Close().Raw("</TargetDevice>").Close();
    }

    private static void Unit(XmlOut xml, SimDisk disk) =>
        xml.Leaf("ThinDevice", "CUR", true).Leaf("UniqueDeviceID", "ROR", disk.Udid).Leaf("UnitCapacity", "COR", Size(disk)).Leaf("LogicalUnitType", "COD", "VirtualIO_Disk").Leaf("InUse", "ROR", true).Leaf("UnitName", "CUR", disk.Name);

    private static string Size(SimDisk disk) => disk.Capacity.ToString("0.####", CultureInfo.InvariantCulture);
}
