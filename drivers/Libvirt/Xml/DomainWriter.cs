using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>What a new guest is to be: everything decided.</summary>
internal sealed record NewDomain
{
    public required Guid Uuid { get; init; }
    public required string Name { get; init; }

    /// <summary>The guest's machine as the host offers it.</summary>
    public required DomainCapabilities Machine { get; init; }
    public required GuestSettings Settings { get; init; }
    public required GuestMarks Marks { get; init; }
    public required int Vcpus { get; init; }

    /// <summary>What it can grow to while it is on.</summary>
    public required int MaxVcpus { get; init; }

    /// <summary>Bytes.</summary>
    public required long Memory { get; init; }
    public required Firmware Firmware { get; init; }

    /// <summary>The first disk's file; null for a guest without one.</summary>
    public string? DiskPath { get; init; }
    public string DiskFormat { get; init; } = "qcow2";

    /// <summary>The cloud-init seed's file.</summary>
    public string? SeedPath { get; init; }

    /// <summary>libvirt networks, one nic each, with the address of each; a null name is QEMU's own user network.</summary>
    public ImmutableArray<(string? Network, MacAddress Mac)> Nics { get; init; } = [];

    public bool Kvm => Machine.Type == "kvm";
}

/// <summary>Writes the XML of a new guest. Existing XML is edited in place instead: see <see cref="DomainEdits"/>.</summary>
internal static class DomainWriter
{
    public static string Write(NewDomain guest)
    {
        var arch = Mapping.Arch(guest.Machine.ArchName);
        return new XElement(
            "domain",
            new XAttribute("type", guest.Machine.Type),
            new XElement("name", guest.Name),
            new XElement("uuid", guest.Uuid.ToString("D")),
            new XElement("metadata", guest.Marks.ToXml()),
            new XElement("memory", new XAttribute("unit", "b"), guest.Memory),
            new XElement("currentMemory", new XAttribute("unit", "b"), guest.Memory),
            new XElement("vcpu", guest.MaxVcpus > guest.Vcpus ? new XAttribute("current", guest.Vcpus) : null, guest.MaxVcpus),
            Os(guest, arch),
            Features(guest, arch),
            Cpu(guest, arch),
            new XElement("clock", new XAttribute("offset", "utc")),
            new XElement("on_poweroff", "destroy"),
            new XElement("on_reboot", "restart"),
            new XElement("on_crash", "destroy"),
            new XElement("devices", Devices(guest, arch))
        ).ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>The machine type that we take where nobody says another.</summary>
    public static string? UsualMachine(Architecture arch) => arch switch
    {
        Architecture.X86_64 or Architecture.I686 => "q35",
        Architecture.Aarch64 or Architecture.Riscv64 => "virt",
        Architecture.Ppc64 or Architecture.Ppc64le => "pseries",
        Architecture.S390x => "s390-ccw-virtio",
        _ => null,
    };

    private static XElement Os(NewDomain guest, Architecture arch)
    {
        var settings = guest.Settings;
        return new XElement(
            "os",
            guest.Firmware == Firmware.Uefi ? new XAttribute("firmware", "efi") : null,
            new XElement("type", new XAttribute("arch", guest.Machine.ArchName), new XAttribute("machine", settings.Machine ?? guest.Machine.Machine), "hvm"),
            guest.Firmware == Firmware.Uefi && arch is Architecture.X86_64
                ? new XElement("firmware", new XElement("feature", new XAttribute("enabled", "no"), new XAttribute("name", "secure-boot")))
                : null,
            settings.Kernel is null ? null : new XElement("kernel", settings.Kernel),
            settings.Initrd is null ? null : new XElement("initrd", settings.Initrd),
            settings.Cmdline is null ? null : new XElement("cmdline", settings.Cmdline),
            settings.Kernel is null && guest.DiskPath is not null ? new XElement("boot", new XAttribute("dev", "hd")) : null,
            settings.Kernel is null && guest.DiskPath is null ? new XElement("boot", new XAttribute("dev", "network")) : null
        );
    }

    private static XElement? Features(NewDomain guest, Architecture arch) => arch switch
    {
        Architecture.X86_64 or Architecture.I686 => new XElement("features", new XElement("acpi"), new XElement("apic")),
        Architecture.Aarch64 => new XElement("features", guest.Firmware == Firmware.Uefi ? new XElement("acpi") : null),
        // QEMU emulates none of the mitigations that the machine type asks for by default, and refuses to start then.
        Architecture.Ppc64 or Architecture.Ppc64le when !guest.Kvm => new XElement(
            "features",
            new XElement("cfpc", new XAttribute("value", "broken")),
            new XElement("sbbc", new XAttribute("value", "broken")),
            new XElement("ibs", new XAttribute("value", "broken")),
            new XElement("ccf-assist", new XAttribute("state", "off"))
        ),
        _ => null,
    };

    private static XElement? Cpu(NewDomain guest, Architecture arch)
    {
        var wanted = guest.Settings.Cpu ?? (guest.Kvm ? KvmCpu(guest.Machine) : EmulatedCpu(guest.Machine, arch));
        return wanted switch
        {
            null => null,
            "host-model" or "host-passthrough" or "maximum" => new XElement("cpu", new XAttribute("mode", wanted)),
            _ => new XElement(
                "cpu",
                new XAttribute("mode", "custom"),
                new XAttribute("match", "exact"),
                new XElement("model", new XAttribute("fallback", "allow"), wanted)
            ),
        };
    }

    private static string? KvmCpu(DomainCapabilities machine) => machine.HostModel ? "host-model" : machine.HostPassthrough ? "host-passthrough" : null;

    // A fixed model, so that the guest can go to another host; as much as today's distributions ask for.
    private static string? EmulatedCpu(DomainCapabilities machine, Architecture arch) => arch switch
    {
        Architecture.X86_64 => machine.CpuModels.Contains("Nehalem") ? "Nehalem" : "qemu64",
        Architecture.Aarch64 => "cortex-a57",
        Architecture.Ppc64 or Architecture.Ppc64le => "POWER9",
        _ => null,
    };

    private static IEnumerable<XElement?> Devices(NewDomain guest, Architecture arch)
    {
        yield return new XElement("emulator", guest.Machine.Emulator);
        if (guest.DiskPath is not null)
            yield return Disk("disk", guest.DiskFormat, guest.DiskPath, "vda", "virtio");
        if (guest.SeedPath is not null && CdromBus(guest, arch) == "scsi")
            yield return new XElement("controller", new XAttribute("type", "scsi"), new XAttribute("model", "virtio-scsi"));
        if (guest.SeedPath is not null)
            yield return Disk("cdrom", "raw", guest.SeedPath, "sda", CdromBus(guest, arch));
        foreach (var (network, mac) in guest.Nics)
            yield return new XElement(
                "interface",
                new XAttribute("type", network is null ? "user" : "network"),
                new XElement("mac", new XAttribute("address", mac)),
                network is null ? null : new XElement("source", new XAttribute("network", network)),
                new XElement("model", new XAttribute("type", "virtio"))
            );
        foreach (var console in Consoles(arch))
            yield return console;
        yield return new XElement(
            "channel",
            new XAttribute("type", "unix"),
            new XElement("target", new XAttribute("type", "virtio"), new XAttribute("name", DomainReader.AgentChannel))
        );
        foreach (var screen in Screen(guest, arch))
            yield return screen;
        if (guest.Machine.RandomNumbers)
            yield return new XElement(
                "rng",
                new XAttribute("model", "virtio"),
                new XElement("backend", new XAttribute("model", "random"), "/dev/urandom")
            );
        yield return new XElement("memballoon", new XAttribute("model", "virtio"), new XElement("stats", new XAttribute("period", 5)));
    }

    private static XElement Disk(string device, string format, string path, string target, string bus) =>
        new(
            "disk",
            new XAttribute("type", "file"),
            new XAttribute("device", device),
            new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", format), device == "disk" ? new XAttribute("discard", "unmap") : null),
            new XElement("source", new XAttribute("file", path)),
            new XElement("target", new XAttribute("dev", target), new XAttribute("bus", bus)),
            device == "cdrom" ? new XElement("readonly") : null
        );

    // Not SATA on q35: kernels made for clouds have virtio-scsi and no AHCI, and would not see their seed.
    private static string CdromBus(NewDomain guest, Architecture arch) => arch switch
    {
        Architecture.X86_64 or Architecture.I686 => (guest.Settings.Machine ?? guest.Machine.Machine).Contains("q35", StringComparison.Ordinal) ? "scsi" : "ide",
        _ => "scsi",
    };

    private static IEnumerable<XElement> Consoles(Architecture arch)
    {
        if (arch == Architecture.S390x)
        {
            yield return new XElement("console", new XAttribute("type", "pty"), new XElement("target", new XAttribute("type", "sclp"), new XAttribute("port", 0)));
            yield break;
        }
        yield return new XElement("serial", new XAttribute("type", "pty"), new XElement("target", new XAttribute("port", 0)));
        yield return new XElement("console", new XAttribute("type", "pty"), new XElement("target", new XAttribute("type", "serial"), new XAttribute("port", 0)));
    }

    private static IEnumerable<XElement> Screen(NewDomain guest, Architecture arch)
    {
        if (guest.Settings.Graphics == "none" || !guest.Machine.Vnc || arch == Architecture.S390x)
            yield break;
        yield return guest.Settings.Graphics == "vnc-socket"
            ? new XElement("graphics", new XAttribute("type", "vnc"), new XElement("listen", new XAttribute("type", "socket")))
            : new XElement(
                "graphics",
                new XAttribute("type", "vnc"),
                new XAttribute("port", -1),
                new XAttribute("autoport", "yes"),
                new XElement("listen", new XAttribute("type", "address"), new XAttribute("address", "127.0.0.1"))
            );
        string[] wanted = arch is Architecture.X86_64 or Architecture.I686 or Architecture.Ppc64 or Architecture.Ppc64le ? ["vga", "virtio"] : ["virtio"];
        if (wanted.FirstOrDefault(model => guest.Machine.VideoModels.Contains(model)) is { } video)
            yield return new XElement("video", new XElement("model", new XAttribute("type", video)));
        // A mouse that stays where the pointer is.
        if (arch is Architecture.X86_64)
            yield return new XElement("input", new XAttribute("type", "tablet"), new XAttribute("bus", "usb"));
    }

    /// <summary>An address of QEMU's range that no guest is likely to have.</summary>
    public static MacAddress RandomMac()
    {
        Span<byte> random = stackalloc byte[3];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        return MacAddress.TryParse(string.Create(CultureInfo.InvariantCulture, $"52:54:00:{random[0]:x2}:{random[1]:x2}:{random[2]:x2}"), out var mac)
            ? mac
            : throw new InvalidOperationException("twelve digits are a MAC address");
    }
}
