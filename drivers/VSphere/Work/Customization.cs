using System.Collections.Immutable;
using System.Xml;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>What a copied Linux guest is told about itself at its first start, by VMware Tools.</summary>
internal static class Customization
{
    private const string Prefix = "customize:";

    public static ImmutableSortedDictionary<string, string> Keep(ImmutableSortedDictionary<string, string> arguments, ImmutableSortedDictionary<string, string> given) =>
        arguments.AddRange(given.Select(pair => KeyValuePair.Create(Prefix + pair.Key, pair.Value)));

    public static void Write(XmlWriter spec, WorkStep step, int ports)
    {
        var (hostname, domain) = (step.Arguments[Prefix + "hostname"], step.Arguments.GetValueOrDefault(Prefix + "domain", "localdomain"));
        var dns = step.Arguments.GetValueOrDefault(Prefix + "dns", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        spec.Inside("customization", null, customization =>
        {
            customization.Inside("options", "CustomizationLinuxOptions", static _ => { });
            customization.Inside("identity", "CustomizationLinuxPrep", identity =>
            {
                identity.Inside("hostName", "CustomizationFixedName", name => name.Text("name", hostname));
                identity.Text("domain", domain);
            });
            customization.Inside("globalIPSettings", null, settings =>
            {
                foreach (var server in dns)
                    settings.Text("dnsServerList", server);
            });
            for (var port = 0; port < ports; port++)
            {
                var first = port == 0;
                customization.Inside("nicSettingMap", null, map => map.Inside("adapter", null, adapter => Adapter(adapter, step, first)));
            }
        });
    }

    private static void Adapter(XmlWriter adapter, WorkStep step, bool first)
    {
        if (!first || !step.Arguments.TryGetValue(Prefix + "ip", out var ip))
        {
            adapter.Inside("ip", "CustomizationDhcpIpGenerator", static _ => { });
            return;
        }
        var (address, mask) = GuestSettings.Address(ip);
        adapter.Inside("ip", "CustomizationFixedIp", fixedIp => fixedIp.Text("ipAddress", address.ToString()));
        adapter.Text("subnetMask", mask);
        adapter.Optional("gateway", step.Arguments.GetValueOrDefault(Prefix + "gateway"));
    }
}
