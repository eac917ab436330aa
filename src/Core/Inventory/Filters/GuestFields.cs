using Anyvisor.Model;
using F = Anyvisor.Core.Inventory.Filters.Field<Anyvisor.Model.Guest>;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>What guests can be filtered and sorted by.</summary>
internal static class GuestFields
{
    internal static FieldSet<Guest> Set { get; } =
        new(
            "Guests",
            F.OfText("id", g => g.Id.ToString()),
            F.OfText("nativeId", g => g.NativeId.ToString()),
            F.OfText("name", g => g.Name).AsSearched(),
            F.OfText("provider", g => g.Provider).AsSearched(),
            F.OfText("host", g => g.Host).AsSearched(),
            F.OfText("cluster", g => g.Cluster).AsSearched(),
            F.OfText("project", g => g.Project).AsSearched(),
            F.OfWord("kind", g => g.Kind),
            F.OfFlag("service", g => g.Service),
            F.OfWord("power", g => g.Power),
            F.OfWord("transition", g => g.Transition),
            F.OfWord("lifecycle", g => g.Lifecycle),
            F.OfWord("presence", g => g.Presence),
            F.OfText("raw", g => g.Raw),
            F.OfWord("source", g => g.Source),
            F.OfWord("arch", g => g.Arch),
            F.OfWord("os.family", g => g.Os.Family).Called("os"),
            F.OfText("os.distribution", g => g.Os.Distribution).AsSearched(),
            F.OfText("os.version", g => g.Os.Version),
            F.OfWord("firmware", g => g.Firmware),
            F.OfWord("virtualization", g => g.Virtualization),
            F.OfText("hypervisor", g => g.Hypervisor),
            F.OfNumber("vcpus", g => g.Vcpus).Called("cpu", "cpus"),
            F.OfSize("memory", g => g.Memory),
            F.OfTexts("disk", g => g.Disks.Select(d => d.Source ?? d.Name)),
            F.OfTexts("datastore", g => g.Disks.Select(d => d.Datastore)),
            F.OfTexts("network", g => g.Nics.Select(n => n.Network)),
            F.OfTexts("mac", g => g.Nics.Select(n => n.Mac?.ToString())),
            F.OfTexts("address", g => g.Addresses).Called("addresses", "ip"),
            F.OfTexts("image", g => g.Images),
            F.OfTexts("tag", g => g.Tags.Keys),
            F.OfKey("tag.", (g, key) => g.Tags.GetValueOrDefault(key)),
            F.OfTexts("tags", g => g.Tags.Select(t => $"{t.Key}={t.Value}")).AsSearched(),
            F.OfTexts("concern", g => g.Concerns.Select(c => c.Id)),
            F.OfText("description", g => g.Description),
            F.OfTime("createdAt", g => g.CreatedAt).Called("created"),
            F.OfTime("observedAt", g => g.ObservedAt).Called("observed"),
            F.OfTime("presenceSince", g => g.PresenceSince)
        );
}
