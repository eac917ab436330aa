using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>A partition as it was read: the guest without nics, disks and tags, which come from elsewhere.</summary>
internal sealed record PartitionDraft(Guest Guest, PartitionFacts Facts, ReadOnlyMemory<byte> Native, string? Address);

/// <summary>Makes guests of <c>LogicalPartition</c> and <c>VirtualIOServer</c>.</summary>
/// <param name="provider">The provider's name.</param>
/// <param name="time">For when it was seen.</param>
internal sealed class PartitionReader(string provider, TimeProvider time)
{
    private const long Mebi = 1 << 20;

    /// <param name="read">From the console.</param>
    /// <param name="system">The system whose list it is in, where it came in one.</param>
    /// <param name="systemName">By system.</param>
    /// <param name="source">How we came to read it.</param>
    /// <exception cref="ProviderException">It contradicts itself.</exception>
    public PartitionDraft Read(HmcObject read, Guid? system, Func<Guid, string?> systemName, ObservationSource source)
    {
        var partition = read.Content;
        var uuid = Uuid(read);
        var on = system ?? partition.Child("AssociatedManagedSystem").LinkedUuid() ?? Guid.Empty;
        var host = systemName(on);
        var facts = PartitionFacts.Read(partition, uuid, on, host ?? "");
        var word = partition.Text("PartitionState");
        var (power, transition) = Mapping.Power(word);
        var nativeId = new NativeId(uuid);
        var guest = new Guest
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, nativeId),
            NativeId = nativeId,
            Name = partition.Text("PartitionName") ?? uuid.ToString("D"),
            Provider = provider,
            Host = host,
            Kind = GuestKind.Partition,
            Service = facts.Kind == PartitionKind.Vios || partition.Is("VirtualIOServer"),
            Power = power,
            Transition = Moving(transition, partition),
            Lifecycle = Lifecycle.Provisioned,
            Raw = word ?? "no state",
            Source = source,
            ObservedAt = time.GetUtcNow().UtcDateTime,
            Arch = Arch(facts.Kind, partition.Text("OperatingSystemVersion")),
            Os = Mapping.Os(facts.Kind, partition.Text("OperatingSystemVersion")),
            Firmware = Firmware.OpenFirmware,
            Virtualization = Virtualization.HardwarePartition,
            Hypervisor = SystemReader.Hypervisor,
            Vcpus = Processors(partition, facts),
            Entitlement = Promised(partition, facts),
            Memory = Memory(partition, power),
            Description = partition.Text("Description"),
            Concerns = Concerns(partition, facts, power),
        };
        return new PartitionDraft(guest, facts, NativeJson.Of(partition), Usable(partition.Text("ResourceMonitoringIPAddress")));
    }

    private static Guid Uuid(HmcObject read)
    {
        var uuid = read.Uuid ?? (Guid.TryParse(read.Content.Text("PartitionUUID"), out var own) ? own : Guid.Empty);
        if (uuid == Guid.Empty)
            throw new ProviderException(ProviderError.ProtocolViolation, $"The console shows a partition without a UUID: '{read.Id}'");
        if (HmcObject.IsDamaged(read.Content.Text("PartitionUUID"), uuid.ToString("D")))
            throw new ProviderException(ProviderError.ProtocolViolation, $"The console shows one partition as {uuid} and {read.Content.Text("PartitionUUID")}");
        return uuid;
    }

    private static Transition Moving(Transition transition, XElement partition) =>
        transition == Transition.None && partition.Text("MigrationState") is { } state && !Words.Comparer.Equals(state, "Not Migrating") && state.Contains("Migrat", StringComparison.OrdinalIgnoreCase) && state.Contains("In", StringComparison.Ordinal)
            && state.Contains("rogress", StringComparison.Ordinal)
            ? Transition.Migrating
            : transition;

    /// <summary>Little-endian Linux is what has been made for Power since 2014; the others are big-endian.</summary>
    private static Architecture Arch(PartitionKind kind, string? os) =>
        kind == PartitionKind.AixLinux && os?.Contains("ppc64le", StringComparison.OrdinalIgnoreCase) == true ? Architecture.Ppc64le : Architecture.Ppc64;

    private static int Processors(XElement partition, PartitionFacts facts)
    {
        var processors = partition.Child("PartitionProcessorConfiguration");
        var count = facts.Dedicated
            ? Positive(processors.Whole("CurrentDedicatedProcessorConfiguration/CurrentProcessors")) ?? processors.Whole("DedicatedProcessorConfiguration/DesiredProcessors")
            : Positive(processors.Whole("CurrentSharedProcessorConfiguration/AllocatedVirtualProcessors")) ?? processors.Whole("SharedProcessorConfiguration/DesiredVirtualProcessors");
        return count ?? 0;
    }

    private static Entitlement Promised(XElement partition, PartitionFacts facts)
    {
        var processors = partition.Child("PartitionProcessorConfiguration");
        var word = processors.Text("CurrentSharingMode");
        if (word is null || Words.Comparer.Equals(word, "unknown"))
            word = processors.Text("SharingMode");
        var capped = word is not null && Mapping.SharingModes.TryGetValue(word, out var mode) && mode.Mode == EntitlementMode.Shared ? mode.Capped : null;
        if (facts.Dedicated)
            return new Entitlement { Mode = EntitlementMode.Dedicated, Units = Processors(partition, facts), Capped = true };
        return new Entitlement
        {
            Mode = EntitlementMode.Shared,
            Units = Above(processors.Number("CurrentSharedProcessorConfiguration/CurrentProcessingUnits")) ?? processors.Number("SharedProcessorConfiguration/DesiredProcessingUnits"),
            Capped = capped,
            Weight = processors.Whole("CurrentSharedProcessorConfiguration/CurrentUncappedWeight") ?? processors.Whole("SharedProcessorConfiguration/UncappedWeight"),
        };
    }

    private static long Memory(XElement partition, PowerState power)
    {
        var memory = partition.Child("PartitionMemoryConfiguration");
        var (current, desired) = (memory.Bytes("CurrentMemory", Mebi), memory.Bytes("DesiredMemory", Mebi));
        // What is off has nothing: what counts is what it will get.
        return (power is PowerState.Off ? Some(desired) ?? current : Some(current) ?? desired) ?? 0;
    }

    private static ImmutableArray<Concern> Concerns(XElement partition, PartitionFacts facts, PowerState power)
    {
        var concerns = ImmutableArray.CreateBuilder<Concern>();
        if (power == PowerState.On && facts.Monitored == false && facts.Kind != PartitionKind.Vios && !Words.Comparer.Equals(partition.Text("PartitionState"), "open firmware"))
            concerns.Add(new Concern(
                "powervm.monitoring", ConcernSeverity.Information, "No monitoring connection",
                "The console has no RMC connection to the operating system: it can't be shut down from here, changed while it runs, or migrated live.",
                "Check that the partition reaches the console over the network (port 657) and that RSCT runs in it (lssrc -a | grep rsct)."));
        if (facts.Kind == PartitionKind.Vios && power == PowerState.On && facts.Monitored == false)
            concerns.Add(new Concern(
                "powervm.vios-monitoring", ConcernSeverity.Warning, "VIOS without monitoring connection",
                "The console can't talk to this VIOS: the storage that it serves is shown as it was last known, and can't be changed.",
                "Look at RMC in the VIOS (rmcctrl, port 657)."));
        if (partition.Text("ReferenceCode") is { Length: >= 8 } code && power == PowerState.Crashed)
            concerns.Add(new Concern("powervm.reference-code", ConcernSeverity.Critical, "In error", $"The partition stopped with the reference code {code}."));
        return concerns.DrainToImmutable();
    }

    private static string? Usable(string? address) => address is not null && System.Net.IPAddress.TryParse(address, out var ip) && !ip.Equals(System.Net.IPAddress.Any) ? address : null;

    private static int? Positive(int? number) => number is > 0 ? number : null;

    private static decimal? Above(decimal? number) => number is > 0 ? number : null;

    private static long? Some(long? number) => number is > 0 ? number : null;

    /// <summary>For messages: <c>2048 MiB</c>.</summary>
    public static string Mib(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");
}
