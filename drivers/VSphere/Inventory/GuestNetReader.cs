using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>Reads <c>guest.net</c>: what the tools inside say of the guest's ports.</summary>
internal static class GuestNetReader
{
    public static SeenNic[] Read(XmlReader reader, Interner words)
    {
        var nics = new List<SeenNic>();
        var array = reader.Enter();
        while (reader.NextChild(array))
            nics.Add(ReadOne(reader, words));
        return nics.Count == 0 ? [] : [.. nics];
    }

    /// <summary>An address that somebody else can reach it at: not link-local, not loopback.</summary>
    public static bool IsUsable(string address) =>
        IPAddress.TryParse(address, out var ip) && !IPAddress.IsLoopback(ip) && !ip.IsIPv6LinkLocal && !(ip.AddressFamily == AddressFamily.InterNetwork && address.StartsWith("169.254.", StringComparison.Ordinal));

    private static SeenNic ReadOne(XmlReader reader, Interner words)
    {
        var (device, mac, network) = (-1, (MacAddress?)null, (string?)null);
        ImmutableArray<string>.Builder? addresses = null;
        var nic = reader.Enter();
        while (reader.NextChild(nic))
            switch (reader.LocalName)
            {
                case "deviceConfigId":
                    device = reader.Number();
                    break;
                case "macAddress":
                    mac = MacAddress.TryParse(reader.Text(), out var parsed) ? parsed : null;
                    break;
                case "network":
                    network = words.Of(reader.Text());
                    break;
                case "ipAddress":
                    var address = reader.Text();
                    if (IsUsable(address) && !(addresses ??= ImmutableArray.CreateBuilder<string>()).Contains(address))
                        addresses.Add(address);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return new SeenNic(device, mac, network is { Length: > 0 } ? network : null, addresses?.DrainToImmutable() ?? []);
    }
}
