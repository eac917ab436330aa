using System.Collections.Immutable;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>Makes tags of the console's custom groups: <c>group.NAME</c>, with the group's colour as value.</summary>
internal static class GroupReader
{
    /// <summary>By partition; members that are gone are still in their group, as UUIDs of zeros.</summary>
    public static ImmutableDictionary<Guid, ImmutableDictionary<string, string>> Read(IEnumerable<HmcObject> groups)
    {
        var tags = ImmutableDictionary.CreateBuilder<Guid, ImmutableDictionary<string, string>>();
        foreach (var group in groups)
        {
            if (group.Content.Text("GroupName") is not { } name)
                continue;
            var links = group.Content.Child("AssociatedLogicalPartitions").Children("link").Concat(group.Content.Child("AssociatedVirtualIOServers").Children("link"));
            foreach (var link in links)
                if (link.LinkedUuid() is { } member)
                    tags[member] = tags.GetValueOrDefault(member, ImmutableDictionary<string, string>.Empty).SetItem($"group.{name}", group.Content.Text("GroupColor") ?? "");
        }
        return tags.ToImmutable();
    }
}
