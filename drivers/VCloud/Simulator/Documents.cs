using System.Globalization;
using System.Xml.Linq;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>The system's documents, with the links that say what may be done now.</summary>
internal sealed class Documents(SimEstate estate, SimTasks tasks)
{
    public static readonly XNamespace V = "http://www.vmware.com/vcloud/v1.5";
    public static readonly XNamespace Ovf = "http://schemas.dmtf.org/ovf/envelope/1";
    public static readonly XNamespace Rasd = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData";
    public static readonly XNamespace Vmw = "http://www.vmware.com/schema/ovf";
    private static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    public string Root { get; set; } = "";

    public XElement VApp(SimVApp vapp)
    {
        var path = $"vApp/vapp-{vapp.Uuid:D}";
        return new XElement(V + "VApp", new XAttribute(XNamespace.Xmlns + "ovf", Ovf), new XAttribute(XNamespace.Xmlns + "rasd", Rasd), new XAttribute(XNamespace.Xmlns + "vmw", Vmw),
            new XAttribute("deployed", vapp.Machines.Exists(machine => machine.Deployed)), new XAttribute("status", vapp.Status), new XAttribute("name", vapp.Name), Identity("vapp", vapp.Uuid, path, "vApp"),
            Link("up", $"vdc/{vapp.Vdc.Uuid:D}", "vdc"),
            vapp.Machines.Exists(machine => machine.Deployed) ? null : Link("remove", path),
            new XElement(V + "Description", vapp.Description),
            Running($"api/{path}"),
            new XElement(V + "LeaseSettingsSection", new XAttribute(Ovf + "required", "false"), new XElement(Ovf + "Info", "Lease settings section"), new XElement(V + "DeploymentLeaseInSeconds", 0), new XElement(V + "StorageLeaseInSeconds", 0)),
            vapp.Unresolved ? null : new XElement(V + "Children", vapp.Machines.Select(Machine)));
    }

    public XElement Machine(SimMachine machine)
    {
        var path = $"vApp/vm-{machine.Uuid:D}";
        return new XElement(V + "Vm", new XAttribute(XNamespace.Xmlns + "ovf", Ovf), new XAttribute(XNamespace.Xmlns + "rasd", Rasd), new XAttribute(XNamespace.Xmlns + "vmw", Vmw),
            new XAttribute("needsCustomization", "false"), new XAttribute("deployed", machine.Deployed), new XAttribute("status", machine.Status), new XAttribute("name", machine.Name), Identity("vm", machine.Uuid, path, "vm"),
            Links(machine, path),
            new XElement(V + "Description", machine.Description),
            Running($"api/{path}"),
            new XElement(Ovf + "VirtualHardwareSection", new XElement(Ovf + "Info", "Virtual hardware requirements"),
                Item("10", "1", ("Address", machine.Mac), ("AddressOnParent", "0"), ("ResourceSubType", "VMXNET3"), ("Connection", machine.Network ?? "none")),
                Item("6", "2", ("Address", "0"), ("ResourceSubType", "VirtualSCSI")),
                new XElement(Ovf + "Item", new XElement(Rasd + "AddressOnParent", 0), new XElement(Rasd + "ElementName", "Hard disk 1"),
                    new XElement(Rasd + "HostResource", new XAttribute(V + "busType", 6), new XAttribute(V + "busSubType", "VirtualSCSI"), new XAttribute(V + "capacity", machine.DiskMb)),
                    new XElement(Rasd + "InstanceID", 2000), new XElement(Rasd + "Parent", 2), new XElement(Rasd + "ResourceType", 17), new XElement(Rasd + "VirtualQuantity", machine.DiskMb << 20)),
                Cpu(machine, Ovf), Memory(machine, Ovf)),
            new XElement(Ovf + "OperatingSystemSection", new XAttribute(Ovf + "id", 80), new XAttribute(Vmw + "osType", machine.OsType), new XElement(Ovf + "Info", "Specifies the operating system installed"), new XElement(Ovf + "Description", machine.OsType)),
            new XElement(V + "NetworkConnectionSection", new XElement(Ovf + "Info", "Specifies the available VM network connections"), new XElement(V + "PrimaryNetworkConnectionIndex", 0),
                new XElement(V + "NetworkConnection", new XAttribute("network", machine.Network ?? "none"), new XElement(V + "NetworkConnectionIndex", 0), machine.Ip is { } ip ? new XElement(V + "IpAddress", ip) : null,
                    new XElement(V + "IsConnected", machine.Network is not null), new XElement(V + "MACAddress", machine.Mac), new XElement(V + "IpAddressAllocationMode", "POOL"), new XElement(V + "NetworkAdapterType", "VMXNET3"))),
            new XElement(V + "SnapshotSection", new XElement(Ovf + "Info", "Snapshot information section"),
                machine.Snapshot is { } snapshot ? new XElement(V + "Snapshot", new XAttribute("size", machine.DiskMb << 20), new XAttribute("poweredOn", snapshot.PoweredOn), new XAttribute("created", snapshot.Created.ToString("o", CultureInfo.InvariantCulture))) : null),
            new XElement(V + "VmCapabilities", new XElement(V + "MemoryHotAddEnabled", "false"), new XElement(V + "CpuHotAddEnabled", "false")),
            new XElement(V + "StorageProfile", new XAttribute("href", $"{Root}/api/vdcStorageProfile/{machine.VApp.Vdc.StorageProfile:D}"), new XAttribute("name", "gold")));
    }

    public static XElement Cpu(SimMachine machine, XNamespace ns) => Sized(ns, "3", "hertz * 10^6", $"{machine.Cpus} virtual CPU(s)", "4", machine.Cpus);

    public static XElement Memory(SimMachine machine, XNamespace ns) => Sized(ns, "4", "byte * 2^20", $"{machine.MemoryMb} MB of memory", "5", machine.MemoryMb);

    public static XElement Metadata(SimMachine machine) =>
        new(V + "Metadata", new XAttribute(XNamespace.Xmlns + "xsi", Xsi), machine.Metadata.Select(entry => new XElement(V + "MetadataEntry", new XElement(V + "Key", entry.Key),
            new XElement(V + "TypedValue", new XAttribute(Xsi + "type", "MetadataStringValue"), new XElement(V + "Value", new XAttribute(XNamespace.Xml + "space", "preserve"), entry.Value)))));

    public XElement Customization(SimMachine machine) =>
        new(V + "GuestCustomizationSection", new XAttribute(XNamespace.Xmlns + "ovf", Ovf), new XAttribute("href", $"{Root}/api/vApp/vm-{machine.Uuid:D}/guestCustomizationSection/"), new XElement(Ovf + "Info", "Specifies Guest OS Customization Settings"),
            new XElement(V + "Enabled", "true"), new XElement(V + "ChangeSid", "false"), new XElement(V + "ComputerName", machine.ComputerName));

    public XElement Vdc(SimVdc vdc)
    {
        var used = estate.Machines.Values.Where(machine => machine.VApp.Vdc == vdc && machine.Status == SimStatus.On).ToList();
        return new XElement(V + "Vdc", new XAttribute("status", 1), new XAttribute("name", vdc.Name), Identity("vdc", vdc.Uuid, $"vdc/{vdc.Uuid:D}", "vdc"),
            Link("up", $"org/{estate.OrgUuid:D}", "org"),
            new XElement(V + "AllocationModel", "AllocationPool"),
            new XElement(V + "ComputeCapacity",
                Capacity("Cpu", "MHz", vdc.CpuLimitMhz, used.Sum(machine => machine.Cpus * 1000L)),
                Capacity("Memory", "MB", vdc.MemoryLimitMb, used.Sum(machine => machine.MemoryMb))),
            new XElement(V + "ResourceEntities",
                estate.VApps.Values.Where(vapp => vapp.Vdc == vdc).Select(vapp => new XElement(V + "ResourceEntity", new XAttribute("name", vapp.Name), Identity("vapp", vapp.Uuid, $"vApp/vapp-{vapp.Uuid:D}", "vApp"))),
                estate.Templates.Where(template => template.Vdc == vdc).Select(template => new XElement(V + "ResourceEntity", new XAttribute("name", template.Name), Identity("vapptemplate", template.Uuid, $"vAppTemplate/vappTemplate-{template.Uuid:D}", "vAppTemplate")))),
            new XElement(V + "VmQuota", 0), new XElement(V + "IsEnabled", "true"), new XElement(V + "VCpuInMhz2", 1000));
    }

    public XElement Task(SimTask task) =>
        new(V + "Task", new XAttribute("cancelRequested", "false"), new XAttribute("operation", task.Text), new XAttribute("operationName", task.Operation), new XAttribute("serviceNamespace", "com.vmware.vcloud"),
            new XAttribute("startTime", task.Started.ToString("o", CultureInfo.InvariantCulture)), task.Ended is { } ended ? new XAttribute("endTime", ended.ToString("o", CultureInfo.InvariantCulture)) : null,
            new XAttribute("status", task.Status), new XAttribute("name", "task"), Identity("task", task.Uuid, $"task/{task.Uuid:D}", "task"),
            new XElement(V + "Owner", new XAttribute("href", $"{Root}/{task.OwnerPath}"), new XAttribute("name", task.OwnerName), new XAttribute("type", $"application/vnd.vmware.vcloud.{task.OwnerType}+xml")),
            task.Error is { } error ? new XElement(V + "Error", new XAttribute("majorErrorCode", error.Status), new XAttribute("minorErrorCode", error.Code), new XAttribute("message", error.Message)) : null,
            new XElement(V + "Progress", task.Status == "success" ? 100 : 50));

    public XElement Org() =>
        new(V + "Org", new XAttribute("name", estate.Org), Identity("org", estate.OrgUuid, $"org/{estate.OrgUuid:D}", "org"),
            estate.Vdcs.Select(vdc => Named(Link("down", $"vdc/{vdc.Uuid:D}", "vdc"), vdc.Name)), new XElement(V + "FullName", estate.Org), new XElement(V + "IsEnabled", "true"));

    public XElement Session(string user) =>
        new(V + "Session", new XAttribute("org", estate.Org), new XAttribute("user", user), new XAttribute("href", $"{Root}/api/session"), new XAttribute("type", "application/vnd.vmware.vcloud.session+xml"),
            Link("down", "org/", "orgList"), Link("remove", "session"), Link("down", "query", "query.queryList"));

    public XElement Link(string rel, string path, string? type = null) =>
        new(V + "Link", new XAttribute("rel", rel), new XAttribute("href", $"{Root}/api/{path}"), type is null ? null : new XAttribute("type", $"application/vnd.vmware.vcloud.{type}+xml"));

    private static XElement Named(XElement link, string name)
    {
        link.Add(new XAttribute("name", name));
        return link;
    }

    private object[] Links(SimMachine machine, string path)
    {
        List<string> power = machine.Status switch
        {
            SimStatus.On => ["power:powerOff", "power:reboot", "power:reset", "power:shutdown", "power:suspend", "screen:acquireTicket", "screen:acquireMksTicket"],
            SimStatus.Suspended => ["power:powerOn", "discardState"],
            _ => ["power:powerOn", "deploy"],
        };
        if (machine.Deployed)
            power.Add("undeploy");
        power.AddRange(machine.Snapshot is null ? ["snapshot:create"] : ["snapshot:create", "snapshot:revertToCurrent", "snapshot:removeAll"]);
        power.AddRange(["edit", "reconfigureVm", "media:insertMedia", "disk:attach"]);
        return [.. power.Select(rel => Link(rel, rel switch
        {
            "edit" => path,
            _ when rel.StartsWith("power:", StringComparison.Ordinal) => $"{path}/power/action/{rel[6..]}",
            _ when rel.StartsWith("screen:", StringComparison.Ordinal) => $"{path}/screen/action/{rel[7..]}",
            _ => $"{path}/action/{rel[(rel.IndexOf(':', StringComparison.Ordinal) + 1)..]}",
        })), Link("down", $"{path}/metadata", "metadata"), Link("up", $"vApp/vapp-{machine.VApp.Uuid:D}", "vApp")];
    }

    private XElement? Running(string path)
    {
        var running = tasks.On(path).ToList();
        return running.Count == 0 ? null : new XElement(V + "Tasks", running.Select(Task));
    }

    private static XElement Sized(XNamespace ns, string type, string units, string name, string id, long amount) =>
        new(ns + "Item", new XAttribute(XNamespace.Xmlns + "rasd", Rasd), new XElement(Rasd + "AllocationUnits", units), new XElement(Rasd + "ElementName", name), new XElement(Rasd + "InstanceID", id),
            new XElement(Rasd + "ResourceType", type), new XElement(Rasd + "VirtualQuantity", amount), new XElement(Rasd + "Weight", 0));

    private static XElement Item(string type, string id, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var item = new XElement(Ovf + "Item");
        foreach (var (name, value) in fields)
            item.Add(new XElement(Rasd + name, value));
        item.Add(new XElement(Rasd + "InstanceID", id), new XElement(Rasd + "ResourceType", type));
        return item;
    }

    private static XElement Capacity(string name, string units, long limit, long used) =>
        new(V + name, new XElement(V + "Units", units), new XElement(V + "Allocated", limit), new XElement(V + "Limit", limit), new XElement(V + "Reserved", 0), new XElement(V + "Used", used), new XElement(V + "Overhead", 0));

    private object[] Identity(string kind, Guid uuid, string path, string type) =>
        [new XAttribute("id", $"urn:vcloud:{kind}:{uuid:D}"), new XAttribute("href", $"{Root}/api/{path}"), new XAttribute("type", $"application/vnd.vmware.vcloud.{type}+xml")];
}
