using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>Reads what we show of a guest from its XML.</summary>
internal static class DomainReader
{
    public const string AgentChannel = "org.qemu.guest_agent.0";

    public static DomainDescription Read(string xml, string name) => Read(SafeXml.Parse(xml, "domain", $"guest '{name}'"), name);

    public static DomainDescription Read(XElement domain, string name)
    {
        var os = domain.Element("os");
        var type = os?.Element("type");
        var devices = domain.Element("devices");
        var metadata = domain.Element("metadata");
        var marks = GuestMarks.Read(metadata);
        var vcpu = domain.Element("vcpu");
        var maxVcpus = Count(vcpu?.Value) ?? 1;
        var maxMemory = domain.Element("memory").Bytes() ?? 0;
        var disks = devices?.Elements("disk") ?? [];
        var agent = devices?.Elements("channel").Select(c => c.Element("target")).FirstOrDefault(t => t.Text("name") == AgentChannel);
        return new DomainDescription
        {
            Uuid = Guid.TryParse(domain.Element("uuid")?.Value, out var uuid)
                ? uuid
                : throw new ProviderException(ProviderError.ProtocolViolation, $"The XML of guest '{name}' has no valid uuid."),
            Name = domain.Element("name")?.Value ?? name,
            Type = domain.Text("type") ?? "",
            OsType = type?.Value ?? "",
            ArchName = type.Text("arch"),
            Machine = type.Text("machine"),
            Firmware = FirmwareOf(os, type),
            MaxVcpus = maxVcpus,
            Vcpus = vcpu.Number("current") ?? maxVcpus,
            MaxMemory = maxMemory,
            Memory = domain.Element("currentMemory").Bytes() ?? maxMemory,
            Entitlement = EntitlementOf(domain.Element("cputune"), maxVcpus),
            Disks = [.. disks.Select(DiskOf), .. (devices?.Elements("filesystem") ?? []).Where(IsRoot).Select(FilesystemOf)],
            BackingFiles = [.. disks.SelectMany(BackingFilesOf)],
            Nics = [.. (devices?.Elements("interface") ?? []).Select(NicOf)],
            Graphics = [.. (devices?.Elements("graphics") ?? []).Select(GraphicsOf)],
            HasConsole = devices is not null && (devices.Elements("serial").Any() || devices.Elements("console").Any()),
            HasAgentChannel = agent is not null,
            AgentConnected = agent.Text("state") == "connected",
            HasNvram = os?.Element("nvram") is not null,
            Os = LibosinfoIds.Read(metadata) is var described && described != OperatingSystemInfo.Unknown ? described : marks.Os,
            Marks = marks,
            RevertMark = metadata?.Element(XName.Get("revert", GuestMarks.RevertNamespace)).Text("task"),
            Description = domain.Element("description")?.Value ?? domain.Element("title")?.Value,
        };
    }

    private static int? Count(string? text) =>
        int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Firmware FirmwareOf(XElement? os, XElement? type)
    {
        if (os is null || type is null || type.Value is not "hvm")
            return Firmware.None;
        if (os.Text("firmware") == "efi" || os.Element("loader").Text("type") == "pflash")
            return Firmware.Uefi;
        return Mapping.Arch(type.Text("arch")) switch
        {
            Architecture.X86_64 or Architecture.I686 => Firmware.Bios,
            Architecture.Ppc64 or Architecture.Ppc64le or Architecture.Sparcv9 => Firmware.OpenFirmware,
            Architecture.S390x => Firmware.Ipl,
            _ => Firmware.Unknown,
        };
    }

    private static Entitlement? EntitlementOf(XElement? tune, int vcpus)
    {
        var shares = Count(tune?.Element("shares")?.Value);
        var quota = Count(tune?.Element("quota")?.Value);
        if (shares is null && quota is null)
            return null;
        var period = Count(tune?.Element("period")?.Value) ?? 100_000;
        return new Entitlement
        {
            Weight = shares,
            Capped = quota is > 0,
            Units = quota is > 0 && period > 0 ? decimal.Round((decimal)quota.Value / period * vcpus, 2) : null,
        };
    }

    private static Disk DiskOf(XElement disk)
    {
        var target = disk.Element("target");
        return new Disk
        {
            Name = target.Text("dev") ?? "",
            Device = disk.Text("device") ?? "disk",
            Bus = target.Text("bus"),
            Format = disk.Element("driver").Text("type"),
            Source = SourceOf(disk.Element("source")),
            Datastore = disk.Element("source").Text("pool"),
            ReadOnly = disk.Element("readonly") is not null,
            Shared = disk.Element("shareable") is not null,
        };
    }

    /// <summary>Where a disk's bytes are: a path, or the notation of what is no file.</summary>
    internal static string? SourceOf(XElement? source)
    {
        if (source is null)
            return null;
        if (source.Text("file") is { } file)
            return file;
        if (source.Text("dev") is { } device)
            return device;
        if (source.Text("volume") is { } volume)
            return $"{source.Text("pool")}/{volume}";
        if (source.Text("protocol") is not { } protocol)
            return source.Text("dir");
        var host = source.Element("host");
        return host is null ? $"{protocol}:{source.Text("name")}" : $"{protocol}://{host.Text("name") ?? host.Text("socket")}/{source.Text("name")}";
    }

    private static IEnumerable<string> BackingFilesOf(XElement disk)
    {
        for (var store = disk.Element("backingStore"); store is not null; store = store.Element("backingStore"))
            if (SourceOf(store.Element("source")) is { } path)
                yield return path;
    }

    // A container's disk is the directory that it has as its root.
    private static bool IsRoot(XElement filesystem) => filesystem.Element("target").Text("dir") == "/";

    private static Disk FilesystemOf(XElement filesystem) => new()
    {
        Name = "/",
        Device = "filesystem",
        Format = filesystem.Text("type"),
        Source = SourceOf(filesystem.Element("source")),
        ReadOnly = filesystem.Element("readonly") is not null,
    };

    private static NicDescription NicOf(XElement nic)
    {
        var source = nic.Element("source");
        MacAddress? mac = MacAddress.TryParse(nic.Element("mac").Text("address"), out var address) ? address : null;
        var network = source.Text("network") ?? source.Text("bridge") ?? source.Text("dev") ?? (nic.Text("type") == "user" ? "user" : null);
        return new NicDescription(mac, network, nic.Element("model").Text("type"), nic.Element("target").Text("dev"));
    }

    private static Graphics GraphicsOf(XElement graphics)
    {
        var listen = graphics.Element("listen");
        var port = graphics.Number("port");
        return new Graphics(
            graphics.Text("type") ?? "",
            listen.Text("address") ?? graphics.Text("listen"),
            port is > 0 ? port : null,
            graphics.Text("socket") ?? listen.Text("socket")
        );
    }
}
