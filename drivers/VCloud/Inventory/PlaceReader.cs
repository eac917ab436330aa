using System.Xml.Linq;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Inventory;

/// <summary>Makes hosts, images, networks and datastores of the query service's records and of documents.</summary>
internal sealed class PlaceReader(string provider, TimeProvider time, string version)
{
    private const long Mebi = 1 << 20;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>A virtual datacenter, from its document: what runs guests, as far as its organisation sees.</summary>
    public VdcDraft? Vdc(XElement vdc, string? org)
    {
        if (Identity(vdc) is not { } id || vdc.Attr("name") is not { } name)
            return null;
        var capacity = vdc.Child("ComputeCapacity");
        var (memory, used) = (Amount(capacity.Child("Memory")), VcdXml.Long(capacity.Child("Memory").Text("Used")));
        return new VdcDraft(VcdClient.Path(vdc.Attr("href") ?? ""), name, org, new Host
        {
            Id = ObjectId.Derive(ObjectKind.Host, provider, id),
            NativeId = id,
            Name = name,
            Provider = provider,
            State = vdc.Text("IsEnabled") == "false" ? HostState.Maintenance : HostState.Up,
            Hypervisor = new Hypervisor("VMware Cloud Director", version),
            Arch = Architecture.X86_64,
            GuestArchitectures = [Architecture.X86_64, Architecture.I686],
            HardwareAcceleration = true,
            Model = vdc.Text("AllocationModel"),
            Cpus = (int)Math.Min(int.MaxValue, Processors(vdc)),
            Memory = memory,
            FreeMemory = memory > 0 && used is { } taken ? Math.Max(0, memory - taken * Mebi) : null,
            ObservedAt = Now,
        });
    }

    /// <summary>A <c>VAppTemplateRecord</c>.</summary>
    public TemplateDraft? Template(XElement record)
    {
        if (Identity(record) is not { } id || record.Attr("name") is not { } name || record.Attr("href") is not { } href || record.Attr("isExpired") == "true")
            return null;
        return new TemplateDraft(VcdClient.Path(href), record.Attr("vdcName"), new Image
        {
            Id = ObjectId.Derive(ObjectKind.Image, provider, id),
            NativeId = id,
            Name = name,
            Provider = provider,
            Arch = Architecture.X86_64,
            Format = "vmdk",
            Capacity = VcdXml.Long(record.Attr("storageKB")) * 1024,
            Datastore = record.Attr("storageProfileName"),
            Description = record.Attr("catalogName") is { } catalog ? $"in the catalog {catalog}" : null,
            CreatedAt = VcdXml.Time(record.Attr("creationDate")),
            ObservedAt = Now,
        });
    }

    /// <summary>An <c>OrgVdcNetworkRecord</c>.</summary>
    public NetworkDraft? Network(XElement record)
    {
        if (Identity(record) is not { } id || record.Attr("name") is not { } name)
            return null;
        return new NetworkDraft(VcdClient.Path(record.Attr("href") ?? ""), record.Attr("vdcName"), new Network
        {
            Id = ObjectId.Derive(ObjectKind.Network, provider, id),
            NativeId = id,
            Name = name,
            Provider = provider,
            Active = true,
            Type = record.Attr("linkType") switch { "0" => "direct", "1" => "routed", "2" => "isolated", var other => other },
            Subnets = Subnet(record.Attr("defaultGateway"), record.Attr("netmask")) is { } subnet ? [subnet] : [],
            ObservedAt = Now,
        });
    }

    /// <summary>An <c>OrgVdcStorageProfileRecord</c>.</summary>
    public Datastore? Storage(XElement record)
    {
        if (Identity(record) is not { } id || record.Attr("name") is not { } name)
            return null;
        var limit = VcdXml.Long(record.Attr("storageLimitMB")) is > 0 and var most ? most * Mebi : (long?)null;
        return new Datastore
        {
            Id = ObjectId.Derive(ObjectKind.Datastore, provider, id),
            NativeId = id,
            Name = name,
            Provider = provider,
            Host = record.Attr("vdcName"),
            Type = "storage-profile",
            State = record.Attr("isEnabled") == "false" ? "disabled" : "enabled",
            Active = record.Attr("isEnabled") != "false",
            Capacity = limit,
            Available = limit - VcdXml.Long(record.Attr("storageUsedMB")) * Mebi,
            ObservedAt = Now,
        };
    }

    private static NativeId? Identity(XElement element) => VcdXml.Uuid(element.Attr("id")) is { } id ? new NativeId(id) : VcdXml.Uuid(element.Attr("href")) is { } uuid ? new NativeId(uuid) : null;

    /// <summary>How many virtual processors its limit is, at the speed that it counts one for; 0 where it says neither.</summary>
    private static long Processors(XElement vdc) =>
        VcdXml.Long(vdc.Text("VCpuInMhz2") ?? vdc.Text("VCpuInMhz")) is > 0 and var speed && VcdXml.Long(vdc.Child("ComputeCapacity").Child("Cpu").Text("Limit")) is > 0 and var limit ? limit / speed : 0;

    /// <summary>What it may use: the limit, or what is allocated; 0 where there is neither.</summary>
    private static long Amount(XElement? memory) => (VcdXml.Long(memory.Text("Limit")) is > 0 and var limit ? limit : VcdXml.Long(memory.Text("Allocated")) ?? 0) * (memory.Text("Units") == "GB" ? 1024 : 1) * Mebi;

    private static string? Subnet(string? gateway, string? mask)
    {
        if (!System.Net.IPAddress.TryParse(gateway, out var address) || !System.Net.IPAddress.TryParse(mask, out var bits) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || bits.AddressFamily != address.AddressFamily)
            return null;
        var (a, m) = (address.GetAddressBytes(), bits.GetAddressBytes());
        return $"{new System.Net.IPAddress([.. a.Zip(m, (x, y) => (byte)(x & y))])}/{m.Sum(part => int.PopCount(part))}";
    }
}
