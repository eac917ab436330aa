using System.Collections.Frozen;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

/// <summary>vSphere's words in ours: every table in one place.</summary>
internal static class Mapping
{
    public static FrozenDictionary<string, PowerState> PowerStates { get; } = new Dictionary<string, PowerState>
    {
        ["poweredOn"] = PowerState.On,
        ["poweredOff"] = PowerState.Off,
        ["suspended"] = PowerState.Suspended,
    }.ToFrozenDictionary();

    /// <summary>How vCenter reaches a guest: null lets the power word hold, else it says nothing about now.</summary>
    public static FrozenDictionary<string, Lifecycle?> Connections { get; } = new Dictionary<string, Lifecycle?>
    {
        ["connected"] = null,
        ["disconnected"] = Lifecycle.Provisioned,
        ["orphaned"] = Lifecycle.Error,
        ["inaccessible"] = Lifecycle.Error,
        ["invalid"] = Lifecycle.Error,
    }.ToFrozenDictionary();

    /// <summary>Whether VMware Tools are installed; null where the word does not tell.</summary>
    public static FrozenDictionary<string, bool?> ToolsVersions { get; } = new Dictionary<string, bool?>
    {
        ["guestToolsNotInstalled"] = false,
        ["guestToolsCurrent"] = true,
        ["guestToolsNeedUpgrade"] = true,
        ["guestToolsUnmanaged"] = true,
        ["guestToolsTooOld"] = true,
        ["guestToolsTooNew"] = true,
        ["guestToolsSupportedOld"] = true,
        ["guestToolsSupportedNew"] = true,
        ["guestToolsBlacklisted"] = true,
    }.ToFrozenDictionary();

    public static FrozenDictionary<string, HostState> HostConnections { get; } = new Dictionary<string, HostState>
    {
        ["connected"] = HostState.Up,
        ["notResponding"] = HostState.Unknown,
        ["disconnected"] = HostState.Unknown,
    }.ToFrozenDictionary();

    public static FrozenDictionary<string, HostState> HostPower { get; } = new Dictionary<string, HostState>
    {
        ["poweredOn"] = HostState.Up,
        ["poweredOff"] = HostState.Down,
        ["standBy"] = HostState.Down,
        ["unknown"] = HostState.Unknown,
    }.ToFrozenDictionary();

    public static FrozenDictionary<string, Firmware> Firmwares { get; } = new Dictionary<string, Firmware>
    {
        ["bios"] = Model.Firmware.Bios,
        ["efi"] = Model.Firmware.Uefi,
    }.ToFrozenDictionary();

    /// <param name="power">The guest's power word.</param>
    /// <param name="connection">How vCenter reaches it.</param>
    public static (PowerState Power, Lifecycle Lifecycle, string Raw) State(string? power, string? connection)
    {
        if (connection is not null && (!Connections.TryGetValue(connection, out var known) || known is not null))
            return (PowerState.Unknown, known ?? Lifecycle.Provisioned, connection);
        return (power is not null && PowerStates.TryGetValue(power, out var state) ? state : PowerState.Unknown, Lifecycle.Provisioned, power ?? "no state");
    }

    public static PowerState Power(string? word) => word is not null && PowerStates.TryGetValue(word, out var state) ? state : PowerState.Unknown;

    public static HostState Host(string? connection, string? power, bool maintenance)
    {
        var reached = connection is not null && HostConnections.TryGetValue(connection, out var state) ? state : HostState.Unknown;
        if (reached != HostState.Up)
            return power is "poweredOff" or "standBy" ? HostState.Down : reached;
        if (power is not null && HostPower.TryGetValue(power, out var on) && on != HostState.Up)
            return on;
        return maintenance ? HostState.Maintenance : HostState.Up;
    }

    public static Firmware Firmware(string? word) => word is null ? Model.Firmware.Bios : Firmwares.GetValueOrDefault(word, Model.Firmware.Unknown);
}
