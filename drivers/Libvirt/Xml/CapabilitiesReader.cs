using System.Collections.Immutable;
using System.Xml.Linq;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>An architecture that guests can have, and by which means (<c>kvm</c>, <c>qemu</c>, <c>xen</c>, <c>lxc</c>).</summary>
internal sealed record GuestArchitecture(string ArchName, string OsType, string? Emulator, ImmutableArray<string> DomainTypes);

/// <summary>What a host says of itself in virConnectGetCapabilities.</summary>
internal sealed record Capabilities
{
    public Guid? HostUuid { get; init; }
    public string? ArchName { get; init; }
    public string? CpuModel { get; init; }
    public string? Vendor { get; init; }

    /// <summary>The host's processor as libvirt describes it, for calls that compare; null when it does not.</summary>
    public string? CpuXml { get; init; }
    public ImmutableArray<NumaCell> Numa { get; init; } = [];
    public ImmutableArray<GuestArchitecture> Guests { get; init; } = [];
    public bool LiveMigration { get; init; }
}

internal static class CapabilitiesReader
{
    public static Capabilities Read(string xml)
    {
        var root = SafeXml.Parse(xml, "capabilities", "the host's capabilities");
        var host = root.Element("host");
        var cpu = host?.Element("cpu");
        return new Capabilities
        {
            HostUuid = Guid.TryParse(host?.Element("uuid")?.Value, out var uuid) ? uuid : null,
            ArchName = cpu?.Element("arch")?.Value,
            CpuModel = cpu?.Element("model")?.Value,
            Vendor = cpu?.Element("vendor")?.Value,
            CpuXml = cpu?.Element("model") is null ? null : cpu.ToString(SaveOptions.DisableFormatting),
            Numa = [.. (host?.Element("topology")?.Element("cells")?.Elements("cell") ?? []).Select(Cell)],
            Guests = [.. root.Elements("guest").Select(Guest).OfType<GuestArchitecture>()],
            LiveMigration = host?.Element("migration_features")?.Element("live") is not null,
        };
    }

    /// <summary>The names of a processor's features, as in the answer to virConnectBaselineCPU.</summary>
    public static ImmutableHashSet<string> Features(string cpuXml) =>
        [.. SafeXml.Parse(cpuXml, "cpu", "the host's processor").Elements("feature").Where(f => f.Text("policy") != "disable").Select(f => f.Text("name")).OfType<string>()];

    private static NumaCell Cell(XElement cell) =>
        new(cell.Number("id") ?? 0, cell.Element("memory").Bytes() ?? 0, cell.Element("cpus").Number("num") ?? 0);

    private static GuestArchitecture? Guest(XElement guest)
    {
        if (guest.Element("arch") is not { } arch || arch.Text("name") is not { } name)
            return null;
        return new GuestArchitecture(
            name,
            guest.Element("os_type")?.Value ?? "",
            arch.Element("emulator")?.Value,
            [.. arch.Elements("domain").Select(d => d.Text("type")).OfType<string>()]
        );
    }
}
