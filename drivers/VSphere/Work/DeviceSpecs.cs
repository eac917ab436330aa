using System.Xml;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Changes of devices in a configuration, written as the interface's definition orders their elements.</summary>
internal static class DeviceSpecs
{
    private const int ControllerKey = 1000;

    /// <summary>A paravirtual SCSI controller, the first of a new guest.</summary>
    public static void Controller(XmlWriter config) =>
        Change(config, "add", null, "ParaVirtualSCSIController", device =>
        {
            device.Number("key", ControllerKey);
            device.Number("busNumber", 0);
            device.Text("sharedBus", "noSharing");
        });

    public static void NewDisk(XmlWriter config, string datastore, long bytes, bool thin) =>
        Change(config, "add", "create", "VirtualDisk", device =>
        {
            device.Number("key", -101);
            device.Inside("backing", "VirtualDiskFlatVer2BackingInfo", backing =>
            {
                backing.Text("fileName", $"[{datastore}]");
                backing.Text("diskMode", "persistent");
                backing.Flag("thinProvisioned", thin);
            });
            device.Number("controllerKey", ControllerKey);
            device.Number("unitNumber", 0);
            device.Number("capacityInKB", (bytes + 1023) / 1024);
        });

    public static void NewNics(XmlWriter config, IReadOnlyList<NicSpec> nics)
    {
        for (var at = 0; at < nics.Count; at++)
        {
            var (number, nic) = (at, nics[at]);
            Change(config, "add", null, "VirtualVmxnet3", device =>
            {
                device.Number("key", -201 - number);
                Backing(device, nic);
                device.Inside("connectable", null, connect =>
                {
                    connect.Flag("startConnected", true);
                    connect.Flag("allowGuestControl", true);
                    connect.Flag("connected", true);
                });
                device.Text("addressType", "generated");
            });
        }
    }

    /// <summary>The same port, with an address that the system makes: a copy with the source's, which a person set, would be in its way.</summary>
    public static void Readdress(XmlWriter config, NicDevice device, NicSpec nic) =>
        Change(config, "edit", null, TypeOf(device.Model), port =>
        {
            port.Number("key", device.Key);
            port.Inside("deviceInfo", "Description", info =>
            {
                info.Text("label", nic.Network);
                info.Text("summary", nic.Network);
            });
            Backing(port, nic);
            port.Text("addressType", "generated");
        });

    /// <summary>The same disk, with more room.</summary>
    public static void Grow(XmlWriter config, DiskDevice disk, long bytes) =>
        Change(config, "edit", null, "VirtualDisk", device =>
        {
            device.Number("key", disk.Key);
            device.Inside("deviceInfo", "Description", info =>
            {
                info.Text("label", disk.Name);
                info.Text("summary", disk.Name);
            });
            device.Inside("backing", "VirtualDiskFlatVer2BackingInfo", backing =>
            {
                backing.Text("fileName", disk.File ?? "");
                backing.Text("diskMode", "persistent");
            });
            device.Number("controllerKey", disk.ControllerKey);
            device.Number("unitNumber", disk.Unit);
            device.Number("capacityInKB", (bytes + 1023) / 1024);
        });

    public static string TypeOf(string model) =>
        model switch
        {
            "vmxnet3" => "VirtualVmxnet3",
            "vmxnet2" => "VirtualVmxnet2",
            "vmxnet" => "VirtualVmxnet",
            "e1000" => "VirtualE1000",
            "e1000e" => "VirtualE1000e",
            "pcnet32" => "VirtualPCNet32",
            "vmxnet3-vrdma" => "VirtualVmxnet3Vrdma",
            "sriov" => "VirtualSriovEthernetCard",
            _ => "VirtualEthernetCard",
        };

    public static void Remove(XmlWriter config, string type, int key) => Change(config, "remove", null, type, device => device.Number("key", key));

    private static void Backing(XmlWriter device, NicSpec nic)
    {
        if (nic.PortgroupKey is { } key)
            device.Inside("backing", "VirtualEthernetCardDistributedVirtualPortBackingInfo", backing => backing.Inside("port", null, port =>
            {
                port.Text("switchUuid", nic.SwitchUuid!);
                port.Text("portgroupKey", key);
            }));
        else
            device.Inside("backing", "VirtualEthernetCardNetworkBackingInfo", backing =>
            {
                backing.Text("deviceName", nic.Network);
                backing.Ref("network", new MoRef("Network", nic.Reference));
            });
    }

    private static void Change(XmlWriter config, string operation, string? file, string type, Action<XmlWriter> device) =>
        config.Inside("deviceChange", "VirtualDeviceConfigSpec", change =>
        {
            change.Text("operation", operation);
            change.Optional("fileOperation", file);
            change.Inside("device", type, device);
        });
}
