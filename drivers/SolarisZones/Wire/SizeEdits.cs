using System.Globalization;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>zonecfg's commands that give a zone another size: the resource that bounds it now is changed, else one is added.</summary>
internal static class SizeEdits
{
    private const string KernelZone = "solaris-kz";

    public static List<string> Of(string brand, ZoneConfig config, int? vcpus, long? memory)
    {
        var commands = new List<string>();
        if (vcpus is { } count)
            commands.AddRange(Cpus(brand, config, count.ToString(CultureInfo.InvariantCulture)));
        if (memory is { } bytes)
            commands.AddRange(Memory(brand, config, bytes));
        return commands;
    }

    private static string[] Cpus(string brand, ZoneConfig config, string count)
    {
        if (IsMachine(brand))
            return Attribute(config, "vcpus", count);
        var resource = brand == KernelZone ? "virtual-cpu" : config.First("dedicated-cpu") is not null ? "dedicated-cpu" : "capped-cpu";
        return Resource(config, resource, "ncpus", count);
    }

    private static string[] Memory(string brand, ZoneConfig config, long bytes) =>
        // bhyve and kvm take whole megabytes.
        IsMachine(brand) ? Attribute(config, "ram", $"{((bytes + (1 << 20) - 1) >> 20).ToString(CultureInfo.InvariantCulture)}M") : Resource(config, "capped-memory", "physical", ZoneSizes.Text(bytes));

    private static bool IsMachine(string brand) => brand is "bhyve" or "kvm";

    private static string[] Resource(ZoneConfig config, string type, string property, string value) =>
        [$"{(config.First(type) is null ? "add" : "select")} {type}", $"set {property}={value}", "end"];

    private static string[] Attribute(ZoneConfig config, string name, string value) =>
        config.Attribute(name) is null
            ? ["add attr", $"set name={name}", "set type=string", $"set value={value}", "end"]
            : [$"select attr name={name}", $"set value={value}", "end"];
}
