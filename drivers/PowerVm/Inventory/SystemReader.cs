using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>One managed system, from the quick list that has it whatever its state, and its details where it is connected.</summary>
/// <param name="State">The console's word.</param>
/// <param name="OtherMaster">NovaLink manages it: the console may look, and not change.</param>
internal sealed record SystemDraft(Guid Uuid, string Name, string State, bool OtherMaster, Host Host, ReadOnlyMemory<byte> Native)
{
    public string? MachineType { get; init; }
    public long Region { get; init; }
    public decimal FreeUnits { get; init; } = decimal.MaxValue;
    public long FreeMemory { get; init; } = long.MaxValue;
    public bool LiveMobility { get; init; } = true;
    public bool ColdMobility { get; init; } = true;
}

/// <summary>Makes hosts of managed systems.</summary>
internal sealed class SystemReader(string provider, TimeProvider time)
{
    public const string Hypervisor = "PHYP";
    private const long Mebi = 1 << 20;

    /// <summary>The quick list: JSON, and systems that are not connected are in it too.</summary>
    public ImmutableArray<SystemDraft> ReadQuick(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return [];
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
        var list = document.RootElement;
        return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(Quick)] : [Quick(list)];
    }

    /// <summary>The same with what its own entry tells beside.</summary>
    public static SystemDraft WithDetails(SystemDraft quick, XElement system)
    {
        var memory = system.Child("AssociatedSystemMemoryConfiguration");
        var processors = system.Child("AssociatedSystemProcessorConfiguration");
        var can = system.Child("AssociatedSystemCapabilities");
        var state = system.Text("State") ?? quick.State;
        var units = processors.Number("ConfigurableSystemProcessorUnits") ?? processors.Number("InstalledSystemProcessorUnits");
        var free = memory.Bytes("CurrentAvailableSystemMemory", Mebi);
        return quick with
        {
            State = state,
            MachineType = MachineType(system) ?? quick.MachineType,
            Region = memory.Bytes("DefaultMemoryRegionSize", Mebi) ?? memory.Bytes("MemoryRegionSize", Mebi) ?? quick.Region,
            FreeUnits = processors.Number("CurrentAvailableSystemProcessorUnits") ?? quick.FreeUnits,
            FreeMemory = free ?? quick.FreeMemory,
            LiveMobility = can.Flag("ActiveLogicalPartitionMobilityCapable") ?? quick.LiveMobility,
            ColdMobility = can.Flag("InactiveLogicalPartitionMobilityCapable") ?? quick.ColdMobility,
            Native = NativeJson.Of(system),
            Host = quick.Host with
            {
                Name = system.Text("SystemName") ?? quick.Name,
                State = Mapping.Host(state),
                Model = MachineType(system) ?? quick.Host.Model,
                CpuModel = Generation(processors) ?? quick.Host.CpuModel,
                Cores = Count(units) ?? quick.Host.Cores,
                Cpus = Count(units) ?? quick.Host.Cpus,
                Memory = memory.Bytes("InstalledSystemMemory", Mebi) ?? quick.Host.Memory,
                FreeMemory = free ?? quick.Host.FreeMemory,
            },
        };
    }

    private SystemDraft Quick(JsonElement system)
    {
        var uuid = Text(system, "UUID") is { } text && Guid.TryParse(text, out var id) ? id : throw new FormatException("a system has no UUID");
        var state = Text(system, "State") ?? "unknown";
        var name = Text(system, "SystemName") ?? uuid.ToString("D");
        var units = Number(system, "ConfigurableSystemProcessorUnits") ?? Number(system, "InstalledSystemProcessorUnits");
        var free = HmcXml.ToBytes(Number(system, "CurrentAvailableSystemMemory"), Mebi);
        var nativeId = new NativeId(uuid);
        var host = new Host
        {
            Id = ObjectId.Derive(ObjectKind.Host, provider, nativeId),
            NativeId = nativeId,
            Name = name,
            Provider = provider,
            State = Mapping.Host(state),
            Hypervisor = new Hypervisor(Hypervisor, Text(system, "SystemFirmware")),
            Arch = Architecture.Ppc64,
            GuestArchitectures = [Architecture.Ppc64, Architecture.Ppc64le],
            HardwareAcceleration = true,
            Vendor = "IBM",
            Model = Text(system, "MTMS"),
            Cores = Count(units) ?? 0,
            Cpus = Count(units) ?? 0,
            Memory = HmcXml.ToBytes(Number(system, "InstalledSystemMemory"), Mebi) ?? 0,
            FreeMemory = free,
            ObservedAt = time.GetUtcNow().UtcDateTime,
            Concerns = Concerns(name, state, Text(system, "MergedReferenceCode") ?? Text(system, "ReferenceCode")),
        };
        var master = string.Equals(Text(system, "IsPowerVMManagementMaster"), "false", StringComparison.OrdinalIgnoreCase)
            && string.Equals(Text(system, "IsNotPowerVMManagementMaster"), "true", StringComparison.OrdinalIgnoreCase);
        return new SystemDraft(uuid, name, state, master, host, System.Text.Encoding.UTF8.GetBytes(system.GetRawText()))
        {
            MachineType = Text(system, "MTMS"),
            FreeUnits = Number(system, "CurrentAvailableSystemProcessorUnits") ?? decimal.MaxValue,
            FreeMemory = free ?? long.MaxValue,
        };
    }

    private static ImmutableArray<Concern> Concerns(string name, string state, string? code)
    {
        if (Mapping.Host(state) == HostState.Up)
            return [];
        var also = string.IsNullOrWhiteSpace(code) ? "" : $" Its reference code is {code.Trim()}.";
        return
        [
            new Concern(
                "powervm.system-state", ConcernSeverity.Warning, $"System is '{state}'",
                $"The console says '{state}' of {name}: its partitions are shown as they were last seen.{also}",
                "Look at the system's connection and service processor on the console."),
        ];
    }

    private static string? MachineType(XElement system)
    {
        var machine = system.Child("MachineTypeModelAndSerialNumber");
        return machine.Text("MachineType") is { } type ? $"{type}-{machine.Text("Model")}*{machine.Text("SerialNumber")}" : null;
    }

    /// <summary>The newest of the modes that partitions may run in.</summary>
    private static string? Generation(XElement? processors) =>
        processors.Children("SupportedPartitionProcessorCompatibilityModes").Select(mode => mode.Value.Trim())
            .Where(mode => mode.StartsWith("POWER", StringComparison.OrdinalIgnoreCase) && mode.Length > 5 && char.IsAsciiDigit(mode[5]))
            .OrderByDescending(mode => int.TryParse(new string([.. mode[5..].TakeWhile(char.IsAsciiDigit)]), out var number) ? number : 0)
            .Select(mode => "POWER" + new string([.. mode[5..].TakeWhile(char.IsAsciiDigit)]))
            .FirstOrDefault();

    private static int? Count(decimal? units) => units is { } n and >= 0 and < int.MaxValue ? (int)n : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
                JsonValueKind.Null or JsonValueKind.Undefined => null,
                _ => value.GetRawText(),
            }
            : null;

    private static decimal? Number(JsonElement element, string name) => HmcXml.ParseNumber(Text(element, name));
}
