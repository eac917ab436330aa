using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Inventory;

/// <summary>Reads the hardware of a <c>Vm</c>: OVF's items, which every version has, with what newer sections say better.</summary>
internal sealed class HardwareReader
{
    private const string Processor = "3";
    private const string MemoryType = "4";
    private const string Network = "10";
    private const string Floppy = "14";
    private const string Cdrom = "15";
    private const string HardDisk = "17";
    private const long Mebi = 1 << 20;

    private readonly XElement _vm;
    private readonly List<XElement> _items;

    public HardwareReader(XElement vm)
    {
        _vm = vm;
        _items = [.. vm.Elements().FirstOrDefault(element => element.Is("VirtualHardwareSection")).Children("Item")];
        var spec = vm.Child("VmSpecSection");
        Cpus = VcdXml.Whole(spec.Text("NumCpus")) ?? VcdXml.Whole(Item(Processor).Text("VirtualQuantity")) ?? 0;
        MemoryMebi = VcdXml.Long(spec.Child("MemoryResourceMb").Text("Configured")) ?? VcdXml.Long(Item(MemoryType).Text("VirtualQuantity")) ?? 0;
    }

    public int Cpus { get; }

    public long MemoryMebi { get; }

    public ImmutableArray<Disk> Disks()
    {
        var controllers = _items.Where(item => item.Text("ResourceType") is "5" or "6" or "20").ToDictionary(item => item.Text("InstanceID") ?? "", item => (Bus: Bus(item), Number: item.Text("Address") ?? "0"));
        return
        [
            .. _items.Where(item => item.Text("ResourceType") is HardDisk or Cdrom or Floppy).Select(item =>
            {
                var kind = item.Text("ResourceType") switch { HardDisk => "disk", Cdrom => "cdrom", _ => "floppy" };
                var (bus, number) = controllers.GetValueOrDefault(item.Text("Parent") ?? "", kind == "floppy" ? ("floppy", "0") : ("ide", "0"));
                var resource = item.Child("HostResource");
                return new Disk
                {
                    Name = string.Create(CultureInfo.InvariantCulture, $"{bus}{number}:{item.Text("AddressOnParent") ?? "0"}"),
                    Device = kind,
                    Bus = bus,
                    Format = kind == "disk" ? "vmdk" : null,
                    Capacity = kind == "disk" ? VcdXml.Long(resource.Attr("capacity")) * Mebi ?? VcdXml.Long(item.Text("VirtualQuantity")) : null,
                    Source = resource.Attr("disk") is { } independent ? VcdClient.Path(independent) : resource?.Value.Trim() is { Length: > 0 } media ? media : null,
                    Datastore = _vm.Child("StorageProfile").Attr("name"),
                    ReadOnly = kind == "cdrom",
                };
            }),
        ];
    }

    public ImmutableArray<Nic> Nics()
    {
        var items = _items.Where(item => item.Text("ResourceType") == Network).ToList();
        var connections = _vm.Child("NetworkConnectionSection").Children("NetworkConnection").ToList();
        return
        [
            .. connections.OrderBy(connection => VcdXml.Whole(connection.Text("NetworkConnectionIndex")) ?? 0).Select(connection =>
            {
                _ = MacAddress.TryParse(connection.Text("MACAddress"), out var mac);
                var item = items.Find(one => MacAddress.TryParse(one.Text("Address"), out var other) && other == mac);
                ImmutableArray<string> addresses = [.. new[] { connection.Text("IpAddress"), connection.Text("ExternalIpAddress") }.OfType<string>().Distinct()];
                return new Nic
                {
                    Mac = mac == default ? null : mac,
                    Network = connection.Attr("network") is { } name and not "none" ? name : null,
                    Model = (connection.Text("NetworkAdapterType") ?? item.Text("ResourceSubType"))?.ToLowerInvariant(),
                    Addresses = addresses,
                };
            }),
        ];
    }

    private static string Bus(XElement controller) => controller.Text("ResourceType") switch { "5" => "ide", "20" => "sata", _ => "scsi" };

    private XElement? Item(string type) => _items.Find(item => item.Text("ResourceType") == type);
}
