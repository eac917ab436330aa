using Anyvisor.Model;
using F = Anyvisor.Core.Inventory.Filters.Field<Anyvisor.Model.Host>;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>What hosts can be filtered and sorted by.</summary>
internal static class HostFields
{
    internal static FieldSet<Host> Set { get; } =
        new(
            "Hosts",
            F.OfText("id", h => h.Id.ToString()),
            F.OfText("nativeId", h => h.NativeId.ToString()),
            F.OfText("name", h => h.Name).AsSearched(),
            F.OfText("provider", h => h.Provider).AsSearched(),
            F.OfText("cluster", h => h.Cluster).AsSearched(),
            F.OfWord("state", h => h.State),
            F.OfWord("presence", h => h.Presence),
            F.OfText("hypervisor", h => h.Hypervisor?.Name).AsSearched(),
            F.OfText("hypervisor.version", h => h.Hypervisor?.Version),
            F.OfWord("arch", h => h.Arch),
            F.OfText("vendor", h => h.Vendor).AsSearched(),
            F.OfText("model", h => h.Model).AsSearched(),
            F.OfText("cpuModel", h => h.CpuModel),
            F.OfNumber("sockets", h => h.Sockets),
            F.OfNumber("cores", h => h.Cores),
            F.OfNumber("cpus", h => h.Cpus).Called("cpu"),
            F.OfSize("memory", h => h.Memory),
            F.OfSize("freeMemory", h => h.FreeMemory),
            F.OfTexts("concern", h => h.Concerns.Select(c => c.Id)),
            F.OfTime("observedAt", h => h.ObservedAt).Called("observed"),
            F.OfTime("presenceSince", h => h.PresenceSince)
        );
}
