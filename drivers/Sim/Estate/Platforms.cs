using Anyvisor.Model;
using static Anyvisor.Model.Architecture;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>The hypervisors of a mixed estate, in the words that the field uses: one table.</summary>
internal static class Platforms
{
    private static readonly OperatingSystemInfo Debian = Os(OsFamily.Linux, "debian", "12");
    private static readonly OperatingSystemInfo Rhel = Os(OsFamily.Linux, "rhel", "9.4");
    private static readonly OperatingSystemInfo Sles = Os(OsFamily.Linux, "sles", "15.6");
    private static readonly OperatingSystemInfo Ubuntu = Os(OsFamily.Linux, "ubuntu", "24.04");
    private static readonly OperatingSystemInfo Windows = Os(OsFamily.Windows, "windows-server", "2022");
    private static readonly OperatingSystemInfo FreeBsd = Os(OsFamily.Bsd, "freebsd", "14.1");
    private static readonly OperatingSystemInfo Other = Os(OsFamily.Other, null, null);

    public static Platform[] All { get; } =
    [
        new()
        {
            Word = "kvm", Hypervisor = new("QEMU", "10.0.2"), HostArch = X86_64,
            Vendor = "Dell Inc.", Model = "PowerEdge R760", CpuModel = "Intel Xeon Gold 6448Y",
            Oui = 0x525400, NicModel = "virtio", DiskBus = "virtio", DiskFormat = "qcow2", DatastoreType = "dir",
            Words = ["dying", "running", "shut off", "paused", "saved", "crashed"],
            Shapes =
            [
                new("", X86_64, Virtualization.Full, Firmware.Bios, Debian),
                new("", X86_64, Virtualization.Full, Firmware.Uefi, Rhel),
                new("", X86_64, Virtualization.Full, Firmware.Uefi, Ubuntu),
                new("win", X86_64, Virtualization.Full, Firmware.Uefi, Windows),
                new("bsd", X86_64, Virtualization.Full, Firmware.Bios, FreeBsd),
                new("rv", Riscv64, Virtualization.Emulated, Firmware.Uefi, Debian),
                new("old", I686, Virtualization.Full, Firmware.Bios, Other),
            ],
        },
        new()
        {
            Word = "esx", Hypervisor = new("VMware ESXi", "8.0.3"), HostArch = X86_64,
            Vendor = "HPE", Model = "ProLiant DL380 Gen11", CpuModel = "Intel Xeon Platinum 8458P",
            Oui = 0x005056, NicModel = "vmxnet3", DiskBus = "scsi", DiskFormat = "vmdk", DatastoreType = "vmfs",
            Words = ["inaccessible", "poweredOn", "poweredOff", null, "suspended", null],
            Shapes =
            [
                new("win", X86_64, Virtualization.Full, Firmware.Uefi, Windows),
                new("win", X86_64, Virtualization.Full, Firmware.Bios, Os(OsFamily.Windows, "windows-server", "2016")),
                new("", X86_64, Virtualization.Full, Firmware.Uefi, Rhel),
                new("", X86_64, Virtualization.Full, Firmware.Bios, Sles),
                new("appl", X86_64, Virtualization.Full, Firmware.Bios, Other),
                new("", X86_64, Virtualization.Full, Firmware.Bios, OperatingSystemInfo.Unknown),
            ],
        },
        new()
        {
            Word = "p10", Hypervisor = new("PHYP", "FW1060.10"), Kind = GuestKind.Partition, HostArch = Ppc64le,
            Vendor = "IBM", Model = "9080-HEX", CpuModel = "POWER10",
            Oui = 0xfa1a20, NicModel = "virtual-ethernet", DiskBus = "vscsi", DiskFormat = "lv", DatastoreType = "shared-storage-pool",
            ServiceGuests = ["vios1", "vios2"], Entitles = true, OddLifecycle = Lifecycle.Defined,
            Words = ["not available", "running", "not activated", null, "suspended", "error"],
            Shapes =
            [
                new("aix", Ppc64, Virtualization.HardwarePartition, Firmware.OpenFirmware, Os(OsFamily.Aix, "aix", "7.3")),
                new("aix", Ppc64, Virtualization.HardwarePartition, Firmware.OpenFirmware, Os(OsFamily.Aix, "aix", "7.2")),
                new("ibmi", Ppc64, Virtualization.HardwarePartition, Firmware.OpenFirmware, Os(OsFamily.Ibmi, "ibmi", "7.5")),
                new("lnx", Ppc64le, Virtualization.HardwarePartition, Firmware.OpenFirmware, Rhel),
                new("lnx", Ppc64le, Virtualization.HardwarePartition, Firmware.OpenFirmware, Sles),
            ],
        },
        new()
        {
            Word = "zvm", Hypervisor = new("z/VM", "7.3"), HostArch = S390x,
            Vendor = "IBM", Model = "3931-A01", CpuModel = "IBM z16",
            Oui = 0x020000, NicModel = "qdio", DiskBus = "ccw", DiskFormat = "minidisk", DatastoreType = "eckd-pool",
            Entitles = true, Userids = true,
            Words = ["quiesced", "on", "off", "stopped", null, "disabled wait"],
            Shapes =
            [
                new("L", S390x, Virtualization.Full, Firmware.Ipl, Rhel),
                new("L", S390x, Virtualization.Full, Firmware.Ipl, Sles),
                new("L", S390x, Virtualization.Full, Firmware.Ipl, Ubuntu),
                new("ZOS", S390x, Virtualization.Full, Firmware.Ipl, Os(OsFamily.Zos, "zos", "3.1")),
                new("VSE", S390x, Virtualization.Full, Firmware.Ipl, Os(OsFamily.Zvse, "zvse", "6.2")),
                new("VM", S390x, Virtualization.Full, Firmware.Ipl, Os(OsFamily.Zvm, "zvm", "7.3")),
            ],
        },
        new()
        {
            Word = "xen", Hypervisor = new("Xen", "4.17"), HostArch = X86_64,
            Vendor = "Supermicro", Model = "SYS-621C", CpuModel = "AMD EPYC 9354",
            Oui = 0x00163e, NicModel = "netfront", DiskBus = "xen", DiskFormat = "vhd", DatastoreType = "lvm",
            ServiceGuests = ["Domain-0"],
            Words = ["no state", "running", "halted", "paused", "suspended", "crashed"],
            Shapes =
            [
                new("", X86_64, Virtualization.Para, Firmware.None, Debian),
                new("", X86_64, Virtualization.Pvh, Firmware.None, Ubuntu),
                new("win", X86_64, Virtualization.Full, Firmware.Uefi, Windows),
                new("nb", X86_64, Virtualization.Para, Firmware.None, Os(OsFamily.Bsd, "netbsd", "10.0")),
            ],
        },
        new()
        {
            Word = "nova", Hypervisor = new("QEMU", "8.2.2"), Kind = GuestKind.Instance, HostArch = X86_64,
            Vendor = "Lenovo", Model = "ThinkSystem SR650 V3", CpuModel = "Intel Xeon Gold 6430",
            Oui = 0xfa163e, NicModel = "virtio", DiskBus = "virtio", DiskFormat = "raw", DatastoreType = "rbd", OddLifecycle = Lifecycle.Shelved,
            Words = ["UNKNOWN", "ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED", "ERROR"],
            Shapes =
            [
                new("", X86_64, Virtualization.Full, Firmware.Bios, Ubuntu),
                new("", X86_64, Virtualization.Full, Firmware.Uefi, Debian),
                new("k8s", X86_64, Virtualization.Full, Firmware.Uefi, Os(OsFamily.Linux, "fedora-coreos", "40")),
            ],
        },
        new()
        {
            Word = "sol", Hypervisor = new("Solaris Zones", "11.4"), Kind = GuestKind.Zone, HostArch = Sparcv9,
            Vendor = "Oracle", Model = "SPARC T8-2", CpuModel = "SPARC-M8",
            Oui = 0x020820, NicModel = "vnic", DiskBus = "zfs", DiskFormat = "zvol", DatastoreType = "zpool", OddLifecycle = Lifecycle.Defined,
            Words = ["unavailable", "running", "installed", null, "suspended", null],
            Shapes =
            [
                new("z", Sparcv9, Virtualization.OsLevel, Firmware.None, Os(OsFamily.Solaris, "solaris", "11.4")),
                new("z", Sparcv9, Virtualization.OsLevel, Firmware.None, Os(OsFamily.Solaris, "solaris", "10")),
                new("kz", Sparcv9, Virtualization.Full, Firmware.OpenFirmware, Os(OsFamily.Solaris, "solaris", "11.4")),
            ],
        },
        new()
        {
            Word = "lxc", Hypervisor = new("LXC", "6.0.4"), Kind = GuestKind.Container, HostArch = X86_64,
            Vendor = "Dell Inc.", Model = "PowerEdge C6620", CpuModel = "Intel Xeon Silver 4514Y",
            Oui = 0x00163e, NicModel = "veth", DiskBus = "zfs", DiskFormat = "dir", DatastoreType = "zfs",
            Words = ["ABORTING", "RUNNING", "STOPPED", "FROZEN", null, null],
            Shapes =
            [
                new("", X86_64, Virtualization.OsLevel, Firmware.None, Debian),
                new("", X86_64, Virtualization.OsLevel, Firmware.None, Ubuntu),
                new("", X86_64, Virtualization.OsLevel, Firmware.None, Os(OsFamily.Linux, "alpine", "3.20")),
            ],
        },
        new()
        {
            Word = "arm", Hypervisor = new("QEMU", "10.0.2"), HostArch = Aarch64,
            Vendor = "Ampere", Model = "Mt. Collins", CpuModel = "Ampere Altra Max M128-30",
            Oui = 0x525400, NicModel = "virtio", DiskBus = "virtio", DiskFormat = "qcow2", DatastoreType = "nfs", OddLifecycle = Lifecycle.Error,
            Words = ["dying", "running", "shut off", "paused", "saved", "crashed"],
            Shapes =
            [
                new("", Aarch64, Virtualization.Full, Firmware.Uefi, Debian),
                new("", Aarch64, Virtualization.Full, Firmware.Uefi, Ubuntu),
            ],
        },
        new()
        {
            Word = "smart", Hypervisor = new("bhyve", "20240912"), Kind = GuestKind.Zone, HostArch = X86_64,
            Vendor = "Supermicro", Model = "AS-2015", CpuModel = "AMD EPYC 7543P",
            Oui = 0x90b8d0, NicModel = "vnic", DiskBus = "zfs", DiskFormat = "zvol", DatastoreType = "zpool", OddLifecycle = Lifecycle.Archived,
            Words = ["incomplete", "running", "stopped", null, null, "failed"],
            Shapes =
            [
                new("z", X86_64, Virtualization.OsLevel, Firmware.None, Os(OsFamily.Illumos, "smartos", "20240912")),
                new("lx", X86_64, Virtualization.OsLevel, Firmware.None, Debian),
                new("bhy", X86_64, Virtualization.Full, Firmware.Uefi, FreeBsd),
            ],
        },
    ];

    /// <summary>What Virtual I/O Servers and Domain-0 run.</summary>
    public static OperatingSystemInfo ServiceOs(Platform platform) =>
        platform.Kind == GuestKind.Partition ? Os(OsFamily.Aix, "vios", "4.1") : Debian;

    private static OperatingSystemInfo Os(OsFamily family, string? distribution, string? version) =>
        new() { Family = family, Distribution = distribution, Version = version };
}
