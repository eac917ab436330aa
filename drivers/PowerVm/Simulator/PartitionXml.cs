namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>A partition, or a VIOS, as the console writes it: in its order.</summary>
internal static class PartitionXml
{
    public static string Of(SimPartition p, string root, bool storage)
    {
        var type = p.IsVios ? "VirtualIOServer" : "LogicalPartition";
        return XmlOut.Object(type, "uom", p.Key, xml =>
        {
            Head(xml, p, root);
            Memory(xml, p);
            xml.Leaf("PartitionName", "CUR", p.Name);
            Processors(xml, p);
            xml.Links("PartitionProfiles", "CUD", [$"{Own(p, root)}/LogicalPartitionProfile/{p.Profile:D}"]);
            Tail(xml, p, root);
            if (p.IsVios)
                ViosXml.Write(xml, p, root, storage);
        });
    }

    private static void Head(XmlOut xml, SimPartition p, string root)
    {
        var live = p.Rmc == "active";
        xml.Leaf("AllowPerformanceDataCollection", "CUD", true)
            .Related("AssociatedPartitionProfile", "CUD", $"{Own(p, root)}/LogicalPartitionProfile/{p.Profile:D}")
            .Leaf("AvailabilityPriority", "UOD", p.IsVios ? 191 : 127)
            .Leaf("CurrentProcessorCompatibilityMode", "ROO", "POWER9_Base")
            .Leaf("CurrentProfileSync", "CUD", "On")
            .Leaf("IsBootable", "ROO", true)
            .Leaf("IsConnectionMonitoringEnabled", "UOD", true)
            .Leaf("IsOperationInProgress", "ROR", false)
            .Leaf("IsRedundantErrorPathReportingEnabled", "UOD", false)
            .Leaf("IsTimeReferencePartition", "UOD", false)
            .Leaf("IsVirtualServiceAttentionLEDOn", "ROR", false)
            .Leaf("IsVirtualTrustedPlatformModuleEnabled", "UOD", false)
            .Leaf("KeylockPosition", "CUD", p.Keylock)
            .Leaf("LogicalSerialNumber", "ROR", $"{p.System.Serial}{p.Id:X}")
            .Leaf("OperatingSystemVersion", "ROR", p.Os)
            .Open("PartitionCapabilities", "ROR")
            .Leaf("DynamicLogicalPartitionIOCapable", "ROR", live)
            .Leaf("DynamicLogicalPartitionMemoryCapable", "ROR", live);
        if (p.IsVios)
            xml.Leaf("DynamicLogicalPartitionVIOSCapable", "ROR", live);
        xml.Leaf("DynamicLogicalPartitionProcessorCapable", "ROR", live)
            .Leaf("InternalAndExternalIntrusionDetectionCapable", "CUD", false)
            .Leaf("ResourceMonitoringControlOperatingSystemShutdownCapable", "CUD", live)
            .Close()
            .Leaf("PartitionID", "COD", p.Id)
            .Open("PartitionIOConfiguration").Leaf("MaximumVirtualIOSlots", "CUD", 200).Open("ProfileIOSlots").Close().Leaf("CurrentMaximumVirtualIOSlots", "ROR", 200).Close();
    }

    private static void Memory(XmlOut xml, SimPartition p) =>
        xml.Open("PartitionMemoryConfiguration")
            .Leaf("ActiveMemoryExpansionEnabled", "CUD", false)
            .Leaf("ActiveMemorySharingEnabled", "CUD", false)
            .Leaf("DesiredMemory", "CUD", p.Memory)
            .Leaf("ExpansionFactor", "CUD", "0.0")
            .Leaf("HardwarePageTableRatio", "CUD", 7)
            .Leaf("MaximumMemory", "CUD", p.MaxMemory)
            .Leaf("MinimumMemory", "CUD", p.MinMemory)
            .Leaf("CurrentExpansionFactor", "ROR", "0.0")
            .Leaf("CurrentHardwarePageTableRatio", "ROR", 7)
            .Leaf("CurrentHugePageCount", "ROR", 0)
            .Leaf("CurrentMaximumHugePageCount", "ROR", 0)
            .Leaf("CurrentMaximumMemory", "ROR", p.MaxMemory)
            // As the console does, now and then.
            .Leaf("CurrentMemory", "ROR", p.Memory == 5120 ? "5.12E+3" : p.Memory.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Leaf("CurrentMinimumHugePageCount", "ROR", 0)
            .Leaf("CurrentMinimumMemory", "ROR", p.MinMemory)
            .Leaf("MemoryExpansionHardwareAccessEnabled", "ROR", false)
            .Leaf("MemoryEncryptionHardwareAccessEnabled", "ROR", true)
            .Leaf("MemoryExpansionEnabled", "ROR", false)
            .Leaf("RedundantErrorPathReportingEnabled", "ROR", false)
            .Leaf("RuntimeHugePageCount", "ROR", 0)
            .Leaf("RuntimeMemory", "ROR", p.On ? p.Memory : 256)
            .Leaf("RuntimeMinimumMemory", "ROR", p.MinMemory)
            .Leaf("SharedMemoryEnabled", "CUD", false)
            .Close();

    private static void Processors(XmlOut xml, SimPartition p)
    {
        xml.Open("PartitionProcessorConfiguration");
        if (p.Dedicated)
            xml.Open("DedicatedProcessorConfiguration").Leaf("DesiredProcessors", "CUD", p.Processors).Leaf("MaximumProcessors", "CUD", p.MaxProcessors).Leaf("MinimumProcessors", "CUD", p.MinProcessors).Close();
        xml.Leaf("HasDedicatedProcessors", "CUD", p.Dedicated);
        if (!p.Dedicated)
            xml.Open("SharedProcessorConfiguration")
                .Leaf("DesiredProcessingUnits", "CUD", p.Units).Leaf("DesiredVirtualProcessors", "CUD", p.Processors)
                .Leaf("MaximumProcessingUnits", "CUD", p.MaxUnits).Leaf("MaximumVirtualProcessors", "CUD", p.MaxProcessors)
                .Leaf("MinimumProcessingUnits", "CUD", p.MinUnits).Leaf("MinimumVirtualProcessors", "CUD", p.MinProcessors)
                .Leaf("SharedProcessorPoolID", "CUD", 0).Leaf("UncappedWeight", "CUD", p.Sharing == "capped" ? 0 : p.Weight)
                .Close();
        xml.Leaf("SharingMode", "CUD", p.Sharing)
            .Leaf("CurrentHasDedicatedProcessors", "ROR", p.Dedicated)
            .Leaf("CurrentSharingMode", "ROR", p.Sharing)
            .Leaf("RuntimeHasDedicatedProcessors", "ROR", p.Dedicated);
        if (p.Dedicated)
            xml.Open("CurrentDedicatedProcessorConfiguration", "ROR").Leaf("CurrentMaximumProcessors", "ROR", p.MaxProcessors).Leaf("CurrentMinimumProcessors", "ROR", p.MinProcessors).Leaf("CurrentProcessors", "ROR", p.Processors).Leaf("RunProcessors", "ROR", p.On ? p.Processors : 0).Close();
        else
            xml.Open("CurrentSharedProcessorConfiguration", "ROR")
                .Leaf("AllocatedVirtualProcessors", "ROR", p.Processors)
                .Leaf("CurrentMaximumProcessingUnits", "ROR", p.MaxUnits).Leaf("CurrentMinimumProcessingUnits", "ROR", p.MinUnits).Leaf("CurrentProcessingUnits", "ROR", p.Units)
                .Leaf("CurrentSharedProcessorPoolID", "ROR", 0).Leaf("CurrentUncappedWeight", "ROR", p.Sharing == "capped" ? 0 : p.Weight)
                .Leaf("CurrentMinimumVirtualProcessors", "ROR", p.MinProcessors).Leaf("CurrentMaximumVirtualProcessors", "ROR", p.MaxProcessors)
                .Leaf("RuntimeProcessingUnits", "ROR", p.On ? p.Units : 0).Leaf("RuntimeUncappedWeight", "ROR", p.On ? p.Weight : 0)
                .Close();
        xml.Close();
    }

    private static void Tail(XmlOut xml, SimPartition p, string root)
    {
        xml.Leaf("PartitionState", "ROO", p.State)
            .Leaf("PartitionType", "COD", p.Type)
            .Leaf("PartitionUUID", "ROO", p.Key)
            .Leaf("PendingProcessorCompatibilityMode", "CUD", "default")
            .Leaf("ProgressPartitionDataRemaining", "ROR", p.ProgressLeft)
            .Leaf("ProgressPartitionDataTotal", "ROR", p.ProgressTotal)
            .Leaf("ResourceMonitoringControlState", "ROR", p.Rmc);
        if (p.Rmc == "active" && p.Address is not null)
            xml.Leaf("ResourceMonitoringIPAddress", "CUD", p.Address);
        xml.Related("AssociatedManagedSystem", "CUD", $"{root}/rest/api/uom/ManagedSystem/{p.System.Uuid:D}")
            .Links("ClientNetworkAdapters", "CUR", p.Adapters.Select(adapter => $"{Own(p, root)}/ClientNetworkAdapter/{adapter.Uuid:D}"))
            .Leaf("IsServicePartition", "CUD", false)
            .Leaf("ReferenceCode", "ROO", p.On ? "" : "00000000");
        if (!p.IsVios)
            xml.Leaf("BootMode", "COD", p.BootMode);
        if (p.Description.Length > 0)
            xml.Leaf("Description", "CUD", p.Description);
        if (!p.IsVios)
            xml.Leaf("MigrationDisable", "CUD", false).Leaf("MigrationState", "ROR", p.MigrationState);
    }

    private static string Own(SimPartition p, string root) => $"{root}/rest/api/uom/{(p.IsVios ? "VirtualIOServer" : "LogicalPartition")}/{p.Key}";
}
