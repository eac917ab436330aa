using System.Collections.Immutable;
using System.Xml.Linq;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>What verbs need to know of a partition beyond the common model. Sizes are bytes.</summary>
internal sealed record PartitionFacts
{
    public required Guid Uuid { get; init; }
    public required Guid System { get; init; }
    public required string SystemName { get; init; }
    public required int PartitionId { get; init; }
    public PartitionKind Kind { get; init; }
    public bool? Monitored { get; init; }
    public bool LiveMemory { get; init; }
    public bool LiveProcessors { get; init; }
    public bool Dedicated { get; init; }
    public long MinMemory { get; init; }
    public long MaxMemory { get; init; }
    public int MinProcessors { get; init; }
    public int MaxProcessors { get; init; }
    public decimal MinUnits { get; init; }
    public decimal MaxUnits { get; init; }
    public bool MigrationDisabled { get; init; }

    /// <summary>Whether it was ever started, or has a profile to start from.</summary>
    public bool HasProfile { get; init; }
    public ImmutableArray<string> PhysicalSlots { get; init; } = [];

    /// <summary>Which kinds of adapters it lists: the others need not be asked for.</summary>
    public bool HasEthernet => EthernetCount > 0;
    public int EthernetCount { get; init; }
    public bool HasDedicatedVnics { get; init; }
    public bool HasSriovPorts { get; init; }

    public string Path => Kind == PartitionKind.Vios ? $"uom/VirtualIOServer/{Address(Uuid)}" : $"uom/LogicalPartition/{Address(Uuid)}";

    /// <summary>The console writes partitions' UUIDs in upper case and systems' in lower; addresses take the former.</summary>
    public static string Address(Guid partition) => partition.ToString("D").ToUpperInvariant();

    public static PartitionFacts Read(XElement partition, Guid uuid, Guid system, string systemName)
    {
        var processors = partition.Child("PartitionProcessorConfiguration");
        var (shared, dedicated) = (processors.Child("SharedProcessorConfiguration"), processors.Child("DedicatedProcessorConfiguration"));
        // One that was never started says of now that it has processors of its own, none of them: what is wanted counts.
        var isDedicated = (processors.Number("CurrentDedicatedProcessorConfiguration/CurrentProcessors") is 0 ? null : processors.Flag("CurrentHasDedicatedProcessors"))
            ?? processors.Flag("HasDedicatedProcessors") ?? dedicated is not null;
        var memory = partition.Child("PartitionMemoryConfiguration");
        return new PartitionFacts
        {
            Uuid = uuid,
            System = system,
            SystemName = systemName,
            PartitionId = partition.Whole("PartitionID") ?? 0,
            Kind = partition.Text("PartitionType") is { } type && Mapping.PartitionTypes.TryGetValue(type, out var kind) ? kind : partition.Is("VirtualIOServer") ? PartitionKind.Vios : PartitionKind.Unknown,
            Monitored = partition.Text("ResourceMonitoringControlState") is { } rmc && Mapping.MonitoringStates.TryGetValue(rmc, out var monitored) ? monitored : null,
            LiveMemory = partition.Flag("PartitionCapabilities/DynamicLogicalPartitionMemoryCapable") ?? false,
            LiveProcessors = partition.Flag("PartitionCapabilities/DynamicLogicalPartitionProcessorCapable") ?? false,
            Dedicated = isDedicated,
            MinMemory = memory.Bytes("MinimumMemory", 1 << 20) ?? 0,
            MaxMemory = memory.Bytes("MaximumMemory", 1 << 20) ?? long.MaxValue,
            MinProcessors = (isDedicated ? dedicated.Whole("MinimumProcessors") : shared.Whole("MinimumVirtualProcessors")) ?? 1,
            MaxProcessors = (isDedicated ? dedicated.Whole("MaximumProcessors") : shared.Whole("MaximumVirtualProcessors")) ?? int.MaxValue,
            MinUnits = shared.Number("MinimumProcessingUnits") ?? 0,
            MaxUnits = shared.Number("MaximumProcessingUnits") ?? decimal.MaxValue,
            MigrationDisabled = partition.Flag("MigrationDisable") ?? false,
            HasProfile = partition.Child("AssociatedPartitionProfile") is not null,
            PhysicalSlots = [.. Slots(partition)],
            EthernetCount = partition.Child("ClientNetworkAdapters").Children("link").Count(),
            HasDedicatedVnics = partition.Child("DedicatedVirtualNICs").Children("link").Any(),
            HasSriovPorts = partition.Child("SRIOVEthernetLogicalPorts").Children("link").Any(),
        };
    }

    private static IEnumerable<string> Slots(XElement partition) =>
        partition.At("PartitionIOConfiguration/ProfileIOSlots").Children("ProfileIOSlot")
            .Select(slot => slot.Text("AssociatedIOSlot/Description") ?? slot.Text("AssociatedIOSlot/IOUnitPhysicalLocation") ?? "a physical slot");
}
