using System.Globalization;
using System.Text;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>Systems, networks, templates, groups and the console itself.</summary>
internal static class PlaceXml
{
    public static string Console(HmcEstate estate, string root) =>
        XmlOut.Object("ManagementConsole", "uom", estate.Console.ToString("D"), xml => xml
            .Open("MachineTypeModelAndSerialNumber", "ROR").Leaf("MachineType", "CUR", "V6c7").Leaf("Model", "CUR", "cd8").Leaf("SerialNumber", "CUR", "AC7B7D1").Close()
            .Links("ManagedSystems", "CUD", estate.Systems.Select(s => $"{root}/rest/api/uom/ManagementConsole/{estate.Console:D}/ManagedSystem/{s.Uuid:D}"))
            .Leaf("ManagementConsoleName", "CUR", "hmc-simulated")
            .Open("VersionInfo", "ROR").Leaf("BuildLevel", "CUD", "2210211042").Leaf("Maintenance", "CUD", "1021").Leaf("Minor", "CUD", "0").Leaf("Release", "CUD", "2").Leaf("ServicePackName", "CUD", "1021").Leaf("Version", "CUR", "10").Close());

    /// <summary>The quick list's line. Numbers as the console writes them: 20 is 2E+1.</summary>
    public static string Quick(SimSystem s)
    {
        var gone = s.State != "operating";
        return "{" + string.Join(',', new[]
        {
            Text("Description", ""), Number("ConfigurableSystemMemory", s.Memory), Text("SystemFirmware", "VL950_099 (099)"), Number("ConfigurableSystemProcessorUnits", s.Units),
            gone ? Null("CurrentAvailableSystemProcessorUnits") : Number("CurrentAvailableSystemProcessorUnits", Math.Max(0, s.Units - s.UsedUnits)), Text("SystemName", s.Name), Text("ManufacturingDefaultConfigurationEnabled", "false"),
            Text("UUID", s.Uuid.ToString("D")), Number("InstalledSystemProcessorUnits", s.Units), Text("IsPowerVMManagementMaster", "false"), Text("ActivatedLevel", "99"), Number("InstalledSystemMemory", s.Memory),
            Text("CapacityOnDemandProcessorCapable", "true"), Text("MTMS", $"{s.MachineType}*{s.Serial}"), Number("MaximumPartitions", 1000),
            gone ? Null("CurrentAvailableSystemMemory") : Number("CurrentAvailableSystemMemory", Math.Max(0, s.Memory - 8192 - s.UsedMemory)), Text("SystemLocation", ""),
            Text("PhysicalSystemAttentionLEDState", "false"), Text("ServiceProcessorVersion", "00090010"), Text("State", s.State), Text("MergedReferenceCode", " "), Text("IsNotPowerVMManagementMaster", "false"),
            Text("IsClassicHMCManagement", "true"), Text("ReferenceCode", " "), Text("CapacityOnDemandMemoryCapable", "true"), Text("IPAddress", "10.197.64.165"), Text("MemoryDefragmentationState", "Not_In_Progress"),
        }) + "}";
    }

    public static string QuickPartition(SimPartition p, string root) =>
        "{" + string.Join(',', new[]
        {
            p.Dedicated ? Number("CurrentProcessors", p.Processors) : Null("CurrentProcessors"), Text("OperatingSystemVersion", p.Os), Number("PartitionID", p.Id), Text("PartitionType", p.Type),
            p.IsVios ? Text("VirtualIOServerLicenseAccepted", "true") : Text("MigrationState", p.MigrationState), Text("APICapable", "true"), Text("PartitionName", p.Name), Text("IsVirtualServiceAttentionLEDOn", "false"), Text("RMCState", p.Rmc),
            Number("AllocatedVirtualProcessors", p.Processors), Number("CurrentMemory", p.Memory), Text("HasDedicatedProcessors", p.Dedicated ? "true" : "false"), Text("PartitionState", p.State),
            Text("AssociatedManagedSystem", $"{root}/rest/api/uom/ManagedSystem/{p.System.Uuid:D}"), Text("ResourceMonitoringIPAddress", p.Address ?? ""), Text("ReferenceCode", ""),
            Number("CurrentProcessingUnits", p.Units), Text("SharingMode", p.Sharing), Text("UUID", p.Key),
        }) + "}";

    public static string System(SimSystem s, string root) =>
        XmlOut.Object("ManagedSystem", "uom", s.Uuid.ToString("D"), xml => xml
            .Leaf("ActivatedLevel", "ROR", "99")
            .Links("AssociatedLogicalPartitions", "CUD", s.Partitions.Values.Where(p => !p.IsVios).Select(p => $"{root}/rest/api/uom/ManagedSystem/{s.Uuid:D}/LogicalPartition/{p.Key}"))
            .Open("AssociatedSystemCapabilities", "CUD")
            .Leaf("ActiveLogicalPartitionMobilityCapable", "ROO", true).Leaf("AIXCapable", "ROO", "Active").Leaf("IBMiCapable", "ROO", true).Leaf("InactiveLogicalPartitionMobilityCapable", "ROO", true).Leaf("LinuxCapable", "ROO", true)
            .Close()
            .Open("AssociatedSystemMemoryConfiguration", "CUD")
            .Leaf("ConfigurableSystemMemory", "ROR", s.Memory).Leaf("CurrentAvailableSystemMemory", "ROR", Math.Max(0, s.Memory - 8192 - s.UsedMemory))
            .Leaf("InstalledSystemMemory", "ROR", s.Memory).Leaf("MemoryRegionSize", "CUD", 256).Leaf("MemoryUsedByHypervisor", "ROR", 8192)
            .Close()
            .Open("AssociatedSystemProcessorConfiguration", "CUD")
            .Leaf("ConfigurableSystemProcessorUnits", "ROR", Scientific(s.Units)).Leaf("CurrentAvailableSystemProcessorUnits", "ROR", Math.Max(0, s.Units - s.UsedUnits))
            .Leaf("InstalledSystemProcessorUnits", "ROR", Scientific(s.Units)).Leaf("MinimumProcessorUnitsPerVirtualProcessor", "ROR", 0.05m)
            .Leaf("SupportedPartitionProcessorCompatibilityModes", "ROR", "default").Leaf("SupportedPartitionProcessorCompatibilityModes", "ROR", "POWER8").Leaf("SupportedPartitionProcessorCompatibilityModes", "ROR", "POWER9_Base")
            .Close()
            .Links("AssociatedVirtualIOServers", "CUD", s.Partitions.Values.Where(p => p.IsVios).Select(p => $"{root}/rest/api/uom/ManagedSystem/{s.Uuid:D}/VirtualIOServer/{p.Key}"))
            .Open("MachineTypeModelAndSerialNumber", "ROR").Leaf("MachineType", "CUR", "9009").Leaf("Model", "CUR", "42A").Leaf("SerialNumber", "CUR", s.Serial).Close()
            .Leaf("PrimaryIPAddress", "CUR", "10.197.64.165").Leaf("State", "ROR", s.State).Leaf("SystemName", "CUR", s.Name));

    public static string Switch(SimSwitch one, SimSystem s, string root) =>
        XmlOut.Object("VirtualSwitch", "uom", one.Uuid.ToString("D"), xml => xml
            .Leaf("SwitchID", "ROR", one.Id).Leaf("SwitchMode", "CUD", one.Mode).Leaf("SwitchName", "CUD", one.Name)
            .Links("VirtualNetworks", "CUD", s.Networks.Where(n => n.Switch == one.Uuid).Select(n => $"{root}/rest/api/uom/ManagedSystem/{s.Uuid:D}/VirtualNetwork/{n.Uuid:D}")));

    public static string Network(SimNetwork n, SimSystem s, string root) =>
        XmlOut.Object("VirtualNetwork", "uom", n.Uuid.ToString("D"), xml => xml
            .Related("AssociatedSwitch", "COD", $"{root}/rest/api/uom/ManagedSystem/{s.Uuid:D}/VirtualSwitch/{n.Switch:D}")
            .Leaf("NetworkName", "CUR", n.Name).Leaf("NetworkVLANID", "COD", n.Vlan).Leaf("VswitchID", "ROR", s.Switches.First(w => w.Uuid == n.Switch).Id).Leaf("TaggedNetwork", "COD", n.Tagged));

    public static string Adapter(SimAdapter a, SimPartition p, string root)
    {
        var place = $"{p.System.LocationPrefix}-V{p.Id}-C{a.Slot}";
        return XmlOut.Object("ClientNetworkAdapter", "uom", a.Uuid.ToString("D"), xml =>
        {
            xml.Leaf("DynamicReconfigurationConnectorName", "CUD", place).Leaf("LocationCode", "ROR", place).Leaf("LocalPartitionID", "CUR", p.Id).Leaf("RequiredAdapter", "CUD", false).Leaf("VariedOn", "CUD", true)
                .Leaf("VirtualSlotNumber", "COD", a.Slot).Leaf("AllowedOperatingSystemMACAddresses", "CUD", "ALL").Leaf("MACAddress", "CUR", a.Mac).Leaf("PortVLANID", "CUR", a.Vlan)
                .Leaf("QualityOfServicePriorityEnabled", "CUD", false).Leaf("TaggedVLANSupported", "CUA", true)
                .Links("AssociatedVirtualSwitch", "CUD", [$"{root}/rest/api/uom/ManagedSystem/{p.System.Uuid:D}/VirtualSwitch/{a.Switch:D}"])
                .Leaf("VirtualSwitchID", "ROR", p.System.Switches.Find(w => w.Uuid == a.Switch)?.Id ?? 0);
            if (p.System.Networks.Find(n => n.Switch == a.Switch && n.Vlan == a.Vlan) is { } network)
                xml.Links("VirtualNetworks", "CUR", [$"{root}/rest/api/uom/ManagedSystem/{p.System.Uuid:D}/VirtualNetwork/{network.Uuid:D}"]);
        });
    }

    public static string Profile(SimPartition p, string root) =>
        XmlOut.Object("LogicalPartitionProfile", "uom", p.Profile.ToString("D"), xml =>
        {
            _ = root;
            xml.Leaf("ProfileName", "CUR", "default_profile").Open("ProcessorAttributes").Leaf("HasDedicatedProcessors", "CUD", p.Dedicated);
            if (p.Dedicated)
                xml.Open("DedicatedProcessorConfiguration").Leaf("DesiredProcessors", "CUD", p.Processors).Leaf("MaximumProcessors", "CUD", p.MaxProcessors).Leaf("MinimumProcessors", "CUD", p.MinProcessors).Close();
            else
                xml.Open("SharedProcessorConfiguration").Leaf("DesiredProcessingUnits", "CUD", p.Units).Leaf("DesiredVirtualProcessors", "CUD", p.Processors).Leaf("MaximumProcessingUnits", "CUD", p.MaxUnits)
                    .Leaf("MaximumVirtualProcessors", "CUD", p.MaxProcessors).Leaf("MinimumProcessingUnits", "CUD", p.MinUnits).Leaf("MinimumVirtualProcessors", "CUD", p.MinProcessors).Close();
            xml.Close().Open("ProfileMemory").Leaf("DesiredMemory", "CUD", p.ProfileMemory ?? p.Memory).Leaf("MaximumMemory", "CUD", p.MaxMemory).Leaf("MinimumMemory", "CUD", p.MinMemory).Close();
        });

    public static string Template(SimTemplate t) =>
        XmlOut.Object("PartitionTemplate", "templates", t.Uuid.ToString("D"), xml => xml
            .Leaf("partitionTemplateName", "CUD", t.Name)
            .Open("logicalPartitionConfig", "CUD").Leaf("partitionName", "CUD", t.PartitionName).Leaf("partitionType", "CUD", t.Type).Leaf("osVersion", "CUD", "Unknown")
            .Leaf("pendProcessorCompatibilityMode", "CUD", "Default")
            .Open("processorConfiguration").Leaf("hasDedicatedProcessors", "CUD", false).Leaf("sharingMode", "CUD", "uncapped")
            .Open("sharedProcessorConfiguration").Leaf("sharedProcessorPoolId", "CUD", 0).Leaf("uncappedWeight", "CUD", 128).Leaf("minProcessingUnits", "CUD", 0.05m).Leaf("desiredProcessingUnits", "CUD", t.Units).Leaf("maxProcessingUnits", "CUD", t.Processors * 2)
            .Leaf("minVirtualProcessors", "CUD", 1).Leaf("desiredVirtualProcessors", "CUD", t.Processors).Leaf("maxVirtualProcessors", "CUD", t.Processors * 2).Close().Close()
            .Open("memoryConfiguration").Leaf("minMemory", "CUD", 1024).Leaf("desiredMemory", "CUD", t.Memory).Leaf("maxMemory", "CUD", t.Memory * 2).Close()
            .Open("clientNetworkAdapters").Open("ClientNetworkAdapter", null).Leaf("VirtualSlotNumber", "CUD", 2)
            .Open("clientVirtualNetworks").Open("ClientVirtualNetwork", null).Leaf("name", "CUD", t.Network).Close().Close().Close().Close()
            .Close());

    public static string Group(SimGroup g, HmcEstate estate, string root) =>
        XmlOut.Object("Group", "uom", g.Uuid.ToString("D"), xml => xml
            .Leaf("GroupUUID", "ROR", g.Uuid.ToString("D")).Leaf("GroupName", "COR", g.Name).Leaf("GroupDescription", "COR", null).Leaf("GroupColor", "COR", g.Color)
            .Links("AssociatedLogicalPartitions", "COD", g.Partitions.Where(estate.Partitions.ContainsKey).Select(id => estate.Partitions[id]).Select(p => $"{root}/rest/api/uom/ManagedSystem/{p.System.Uuid:D}/LogicalPartition/{p.Key}"))
            .Links("AssociatedVirtualIOServers", "COD", []).Links("AssociatedManagedSystems", "COD", []));

    public static string Event(HmcEvent one, long number, string root) =>
        XmlOut.Object("Event", "uom", Guid.NewGuid().ToString("D"), xml => xml
            .Leaf("EventType", "ROR", one.Type).Leaf("EventID", "ROR", number).Leaf("EventData", "ROR", one.Data.Length > 0 ? root + one.Data : null).Leaf("EventDetail", "ROR", one.Detail.Length > 0 ? one.Detail : null));

    private static string Scientific(decimal number) =>
        number >= 10 && number % 10 == 0 ? $"{(number / 10).ToString("0.##", CultureInfo.InvariantCulture)}E+1" : number.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Text(string name, string value) => $"\"{name}\":\"{Encoding.UTF8.GetString(global::System.Text.Json.JsonEncodedText.Encode(value).EncodedUtf8Bytes)}\"";

    private static string Number(string name, decimal value) => $"\"{name}\":{Scientific(value)}";

    private static string Null(string name) => $"\"{name}\":null";
}
