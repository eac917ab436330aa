using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>A port of a new guest, as a step's arguments hold it.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="Reference">Its reference.</param>
/// <param name="SwitchUuid">Of a distributed port group: its switch.</param>
/// <param name="PortgroupKey">And its key.</param>
internal sealed record NicSpec(string Network, string Reference, string? SwitchUuid, string? PortgroupKey)
{
    public static NicSpec Of(NetworkRecord network, Estate estate) =>
        network.Self.Type switch
        {
            "DistributedVirtualPortgroup" => new NicSpec(network.Name, network.Self.Value, estate.Find<SwitchRecord>(network.Switch)?.Uuid ?? throw NoSwitch(network), network.Key ?? network.Self.Value),
            "OpaqueNetwork" => throw new ProviderException(ProviderError.NotCapable, $"The network {network.Name} is another product's (NSX): connect the guest to it there."),
            _ => new NicSpec(network.Name, network.Self.Value, null, null),
        };

    public static ImmutableSortedDictionary<string, string> Write(ImmutableSortedDictionary<string, string> arguments, IReadOnlyList<NicSpec> nics)
    {
        for (var at = 0; at < nics.Count; at++)
        {
            var number = at.ToString("D2", CultureInfo.InvariantCulture);
            arguments = arguments.Add($"nic-{number}", nics[at].Network).Add($"nic-{number}-ref", nics[at].Reference);
            if (nics[at] is { SwitchUuid: { } uuid, PortgroupKey: { } key })
                arguments = arguments.Add($"nic-{number}-switch", uuid).Add($"nic-{number}-key", key);
        }
        return arguments;
    }

    public static List<NicSpec> Read(WorkStep step)
    {
        var nics = new List<NicSpec>();
        for (var at = 0; step.Arguments.TryGetValue($"nic-{at:D2}", out var network); at++)
            nics.Add(new NicSpec(network, step.Arguments[$"nic-{at:D2}-ref"], step.Arguments.GetValueOrDefault($"nic-{at:D2}-switch"), step.Arguments.GetValueOrDefault($"nic-{at:D2}-key")));
        return nics;
    }

    private static ProviderException NoSwitch(NetworkRecord network) => new(ProviderError.PermissionDenied, $"The switch of {network.Name} can't be read: give the user the privilege to see it (System.Read), or choose another network.");
}
