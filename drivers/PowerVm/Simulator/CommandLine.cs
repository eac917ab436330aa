using System.Globalization;
using System.Text;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>What the console's command line answers, as far as the API's runner is asked for it. Called under the estate's gate.</summary>
internal static class CommandLine
{
    /// <summary>Its exit code, and what it prints.</summary>
    public static (int Code, string Text) Run(HmcEstate estate, string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('"')).ToArray();
        if (words is not ["lshwres", ..])
            return (127, $"HSCL350B The user ID used to connect to the console server cannot run {words.FirstOrDefault() ?? "an empty command"} here.\n");
        if (Option(words, "-r") != "virtualio" || Option(words, "--rsubtype") != "eth" || Option(words, "--level") != "lpar")
            return (1, "An invalid attribute was entered for the resource type.\n");
        var name = Option(words, "-m");
        if (estate.Systems.Find(s => s.Name == name || $"{s.MachineType}*{s.Serial}" == name) is not { } system)
            return (1, $"HSCL8018 The managed system {name} was not found.\n");
        if (system.State != "operating")
            return (1, $"HSCL0D4A The managed system {system.Name} is in the state {system.State}: the operation is not allowed.\n");
        return Adapters(system, Option(words, "-F")?.Split(',') ?? ["lpar_name", "lpar_id", "slot_num", "port_vlan_id", "vswitch", "mac_addr"]);
    }

    private static (int Code, string Text) Adapters(SimSystem system, string[] fields)
    {
        var text = new StringBuilder();
        foreach (var partition in system.Partitions.Values.OrderBy(p => p.Id))
            foreach (var adapter in partition.Adapters)
                for (var i = 0; i < fields.Length; i++)
                {
                    if (Field(system, partition, adapter, fields[i]) is not { } value)
                        return (1, $"An invalid attribute was entered. Please check the attribute \"{fields[i]}\" and retry the command.\n");
                    _ = text.Append(value).Append(i == fields.Length - 1 ? '\n' : ',');
                }
        return text.Length == 0 ? (0, "No results were found.\n") : (0, text.ToString());
    }

    private static string? Field(SimSystem system, SimPartition partition, SimAdapter adapter, string field) =>
        field switch
        {
            "lpar_name" => partition.Name,
            "lpar_id" => partition.Id.ToString(CultureInfo.InvariantCulture),
            "slot_num" => adapter.Slot.ToString(CultureInfo.InvariantCulture),
            "port_vlan_id" => adapter.Vlan.ToString(CultureInfo.InvariantCulture),
            "vswitch" => system.Switches.Find(s => s.Uuid == adapter.Switch) is { } one ? one.Name + (one.Id == 0 ? "(Default)" : "") : "",
            "mac_addr" => adapter.Mac,
            "is_trunk" => "0",
            _ => null,
        };

    private static string? Option(string[] words, string name) =>
        Array.IndexOf(words, name) is var at and >= 0 && at + 1 < words.Length ? words[at + 1] : null;
}
