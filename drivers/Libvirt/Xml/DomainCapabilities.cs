using System.Collections.Immutable;
using System.Xml.Linq;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>What a guest of one architecture and machine may have (virConnectGetDomainCapabilities).</summary>
internal sealed record DomainCapabilities
{
    public required string Emulator { get; init; }

    /// <summary><c>kvm</c>, <c>qemu</c>, <c>xen</c>.</summary>
    public required string Type { get; init; }
    public required string ArchName { get; init; }
    public required string Machine { get; init; }
    public int? MaxVcpus { get; init; }

    /// <summary>Whether libvirt picks a UEFI build for the guest by itself.</summary>
    public bool Uefi { get; init; }
    public bool HostModel { get; init; }
    public bool HostPassthrough { get; init; }
    public ImmutableArray<string> CpuModels { get; init; } = [];
    public ImmutableArray<string> VideoModels { get; init; } = [];
    public ImmutableArray<string> DiskBuses { get; init; } = [];
    public bool Vnc { get; init; }
    public bool RandomNumbers { get; init; }

    public static DomainCapabilities Read(string xml)
    {
        var root = SafeXml.Parse(xml, "domainCapabilities", "the domain capabilities");
        var cpu = root.Element("cpu");
        var devices = root.Element("devices");
        return new DomainCapabilities
        {
            Emulator = root.Element("path")?.Value ?? "",
            Type = root.Element("domain")?.Value ?? "",
            ArchName = root.Element("arch")?.Value ?? "",
            Machine = root.Element("machine")?.Value ?? "",
            MaxVcpus = root.Element("vcpu").Number("max"),
            Uefi = Values(root.Element("os"), "firmware").Contains("efi"),
            HostModel = Mode(cpu, "host-model") is not null,
            HostPassthrough = Mode(cpu, "host-passthrough") is not null,
            CpuModels = [.. (Mode(cpu, "custom")?.Elements("model") ?? []).Where(m => m.Text("usable") != "no").Select(m => m.Value)],
            VideoModels = Values(devices?.Element("video"), "modelType"),
            DiskBuses = Values(devices?.Element("disk"), "bus"),
            Vnc = Values(devices?.Element("graphics"), "type").Contains("vnc"),
            RandomNumbers = Supported(devices?.Element("rng")),
        };
    }

    private static XElement? Mode(XElement? cpu, string name) => cpu?.Elements("mode").FirstOrDefault(m => m.Text("name") == name && Supported(m));

    private static bool Supported(XElement? element) => element.Text("supported") == "yes";

    private static ImmutableArray<string> Values(XElement? element, string name) =>
        Supported(element) ? [.. element!.Elements("enum").Where(e => e.Text("name") == name).Elements("value").Select(v => v.Value)] : [];
}
