using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>The properties that are watched, by type: these and no others, in what the system's version has of them.</summary>
internal static class Paths
{
    private static readonly string[] Guest =
    [
        "name", "parent", "config.instanceUuid", "config.uuid", "config.template", "config.guestId", "config.guestFullName", "config.version", "config.annotation",
        "config.changeTrackingEnabled", "config.cpuHotAddEnabled", "config.memoryHotAddEnabled", "config.bootOptions", "config.hardware", "runtime.powerState", "runtime.connectionState", "runtime.host",
        "resourcePool", "guest.toolsRunningStatus", "guest.hostName", "guest.ipAddress", "guest.net", "snapshot", "customValue",
    ];

    /// <summary>Of a host.</summary>
    public static string[] OfHost { get; } =
    [
        "name", "parent", "runtime.connectionState", "runtime.powerState", "runtime.inMaintenanceMode", "summary.hardware", "summary.config.product", "summary.managementServerIp",
    ];

    /// <summary>Of a guest.</summary>
    public static string[] OfGuest(ServiceContent content)
    {
        var paths = new List<string>(Guest);
        if (content.Has(5, 0))
            paths.AddRange(["config.firmware", "config.managedBy", "guest.toolsVersionStatus2"]);
        else
            paths.Add("guest.toolsVersionStatus");
        if (content.Has(6, 5))
            paths.Add("config.keyId");
        if (content.Has(6, 7))
            paths.Add("config.createDate");
        return [.. paths];
    }

    /// <summary>Of everything that is watched.</summary>
    public static (string Type, string[] Paths)[] All(ServiceContent content) =>
    [
        ("VirtualMachine", OfGuest(content)),
        ("HostSystem", OfHost),
        ("ComputeResource", ["name", "parent", "resourcePool"]),
        ("Datacenter", ["name", "parent", "vmFolder"]),
        ("Folder", ["name", "parent"]),
        ("ResourcePool", ["name", "parent", "owner"]),
        ("Datastore", ["name", "parent", "summary", "host"]),
        ("Network", ["name", "parent", "summary.accessible"]),
        ("DistributedVirtualPortgroup", ["key", "config.distributedVirtualSwitch", "config.defaultPortConfig", "tag"]),
        ("DistributedVirtualSwitch", ["name", "uuid"]),
    ];

    /// <summary>What a view is asked for.</summary>
    public static string[] Viewed { get; } = ["VirtualMachine", "HostSystem", "ComputeResource", "Datacenter", "Folder", "ResourcePool", "Datastore", "Network", "DistributedVirtualSwitch"];
}
