using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using System.Xml.Linq;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>What a network's XML says.</summary>
internal sealed record NetworkDescription(string Type, string? Bridge, int? Vlan, ImmutableArray<string> Subnets, bool Dhcp)
{
    public static NetworkDescription Read(string xml, string name)
    {
        var network = SafeXml.Parse(xml, "network", $"the network '{name}'");
        var ips = network.Elements("ip");
        return new NetworkDescription(
            network.Element("forward") is { } forward ? forward.Text("mode") ?? "nat" : "isolated",
            network.Element("bridge").Text("name"),
            network.Element("vlan")?.Element("tag").Number("id"),
            [.. ips.Select(Subnet).OfType<string>()],
            ips.Any(ip => ip.Element("dhcp") is not null)
        );
    }

    private static string? Subnet(XElement ip)
    {
        if (!IPAddress.TryParse(ip.Text("address"), out var address))
            return null;
        var bytes = address.GetAddressBytes();
        var prefix = ip.Number("prefix");
        if (prefix is null && IPAddress.TryParse(ip.Text("netmask"), out var mask))
            prefix = mask.GetAddressBytes().Sum(b => BitOperations.PopCount(b));
        if (prefix is not { } length || length < 0 || length > bytes.Length * 8)
            return null;
        for (var bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return $"{new IPAddress(bytes)}/{length}";
    }
}
