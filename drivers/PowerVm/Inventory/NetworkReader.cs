using System.Collections.Immutable;
using System.Xml.Linq;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>A virtual network of a system.</summary>
internal sealed record NetworkDraft(Network Network, Guid Uuid, Guid System, int Vlan, bool Tagged, Guid? Switch);

/// <summary>Makes networks of virtual networks, and nics of the three kinds of adapters.</summary>
internal sealed class NetworkReader(string provider, TimeProvider time)
{
    public NetworkDraft? ReadNetwork(HmcObject read, Guid system, string host, IReadOnlyDictionary<Guid, string> switches)
    {
        if (read.Uuid is not { } uuid)
            return null;
        var network = read.Content;
        var vlan = network.Whole("NetworkVLANID");
        var on = network.Child("AssociatedSwitch").LinkedUuid();
        var nativeId = new NativeId(uuid);
        return new NetworkDraft(
            new Network
            {
                Id = ObjectId.Derive(ObjectKind.Network, provider, nativeId),
                NativeId = nativeId,
                Name = network.Text("NetworkName") ?? $"VLAN{vlan}",
                Provider = provider,
                Host = host,
                Active = true,
                Type = network.Flag("TaggedNetwork") == true ? "tagged" : "untagged",
                Bridge = on is { } s ? switches.GetValueOrDefault(s) : null,
                Vlan = vlan,
                ObservedAt = time.GetUtcNow().UtcDateTime,
            },
            uuid, system, vlan ?? 0, network.Flag("TaggedNetwork") ?? false, on);
    }

    /// <summary>A virtual Ethernet adapter.</summary>
    public static Nic Ethernet(XElement adapter, IReadOnlyDictionary<Guid, NetworkDraft> networks, Guid system)
    {
        var linked = adapter.Child("VirtualNetworks").Children("link").Select(link => link.LinkedUuid()).FirstOrDefault(id => id is not null);
        var network = linked is { } id ? networks.GetValueOrDefault(id) : null;
        network ??= Named(networks, system, adapter.Whole("PortVLANID"), adapter.Child("AssociatedVirtualSwitch").Children("link").Select(link => link.LinkedUuid()).FirstOrDefault());
        return new Nic { Mac = Mac(adapter.Text("MACAddress")), Network = network?.Network.Name ?? Vlan(adapter), Model = "veth" };
    }

    /// <summary>The same from a system's table of them.</summary>
    public static Nic Ethernet(EthernetRow row, ImmutableArray<NetworkDraft> networks)
    {
        var network = networks.FirstOrDefault(one => one.Vlan == row.Vlan && (one.Network.Bridge is null || one.Network.Bridge == row.Switch));
        return new Nic { Mac = row.Mac, Network = network?.Network.Name ?? (row.Vlan > 0 ? $"VLAN{row.Vlan}" : null), Model = "veth" };
    }

    /// <summary>A vNIC, whose other end is an SR-IOV port of a VIOS.</summary>
    public static Nic Dedicated(XElement adapter) =>
        new() { Mac = Mac(adapter.Text("Details/MACAddress") ?? adapter.Text("MACAddress")), Network = Vlan(adapter.Child("Details") ?? adapter), Model = "vnic" };

    /// <summary>A share of a physical port.</summary>
    public static Nic Sriov(XElement port) => new() { Mac = Mac(port.Text("MACAddress")), Network = Vlan(port), Model = "sriov" };

    private static NetworkDraft? Named(IReadOnlyDictionary<Guid, NetworkDraft> networks, Guid system, int? vlan, Guid? on) =>
        networks.Values.FirstOrDefault(network => network.System == system && network.Vlan == vlan && (on is null || network.Switch == on));

    private static string? Vlan(XElement adapter) => adapter.Whole("PortVLANID") is { } vlan and > 0 ? $"VLAN{vlan}" : null;

    private static MacAddress? Mac(string? text) => MacAddress.TryParse(text, out var mac) && mac.Value != 0 ? mac : null;

    /// <summary>The address that monitoring uses is the partition's; on which of its ports it is, nobody says: the first.</summary>
    public static ImmutableArray<Nic> WithAddress(ImmutableArray<Nic> nics, string? address)
    {
        if (address is null)
            return nics;
        return nics.IsEmpty ? [new Nic { Addresses = [address] }] : nics.SetItem(0, nics[0] with { Addresses = [address] });
    }
}
