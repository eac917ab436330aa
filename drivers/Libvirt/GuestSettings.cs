using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>What <c>guest create --set key=value</c> takes here, parsed.</summary>
internal sealed record GuestSettings
{
    /// <summary>The name of the secret setting that cloud-init's user data come in.</summary>
    public const string UserData = "user-data";

    public Architecture? Arch { get; init; }

    /// <summary>Null takes what the architecture and image ask for.</summary>
    public Firmware? Firmware { get; init; }
    public AccelerationChoice? Acceleration { get; init; }
    public string DiskFormat { get; init; } = "qcow2";
    public bool FullCopy { get; init; }
    public string? Machine { get; init; }
    public string? Cpu { get; init; }
    public string Graphics { get; init; } = "vnc";
    public string? Kernel { get; init; }
    public string? Initrd { get; init; }
    public string? Cmdline { get; init; }

    /// <summary>How many processors a running guest can be given; null takes what <see cref="Room"/> says.</summary>
    public int? MaxVcpus { get; init; }
    public bool HasUserData { get; init; }
    public string? MetaData { get; init; }
    public string? NetworkConfig { get; init; }

    public static ImmutableArray<Setting> Declared { get; } =
    [
        new()
        {
            Name = "arch",
            Type = SettingType.Choice,
            Choices = ["x86_64", "i686", "aarch64", "ppc64", "ppc64le", "s390x", "riscv64"],
            Help = "The guest's architecture; the image's or the host's own by default. Another than the host's is emulated.",
        },
        new() { Name = "firmware", Type = SettingType.Choice, Choices = ["bios", "uefi"], Help = "What starts the operating system, on architectures that have the choice." },
        new() { Name = "accel", Type = SettingType.Choice, Choices = ["auto", "kvm", "tcg"], Help = "Overrides the provider's setting for this guest." },
        new() { Name = UserData, Type = SettingType.Secret, Help = "cloud-init user data: goes to the guest on a NoCloud seed disk. Kept encrypted, never shown." },
        new() { Name = "meta-data", Help = "cloud-init meta data (YAML); the instance id and host name by default." },
        new() { Name = "network-config", Help = "cloud-init network configuration (YAML)." },
        new() { Name = "disk-format", Type = SettingType.Choice, Choices = ["qcow2", "raw"], Default = "qcow2", Help = "The format of the first disk; raw means a full copy of the image." },
        new() { Name = "full-copy", Type = SettingType.Boolean, Default = "false", Help = "Copy the image rather than laying an overlay upon it." },
        new() { Name = "machine", Help = "The machine type, as in q35 or pseries; the architecture's usual one by default." },
        new() { Name = "cpu", Help = "The processor model: host-model, host-passthrough or one of QEMU's names." },
        new() { Name = "max-vcpus", Type = SettingType.Integer, Help = "How many processors the running guest can grow to; by default twice as many as it starts with, at least 4, on architectures that can." },
        new() { Name = "graphics", Type = SettingType.Choice, Choices = ["vnc", "vnc-socket", "none"], Default = "vnc", Help = "VNC on the host's loopback address, on a unix socket, or no screen." },
        new() { Name = "kernel", Help = "A kernel file on the host, to start directly." },
        new() { Name = "initrd", Help = "Its initial RAM disk, on the host." },
        new() { Name = "cmdline", Help = "Its arguments." },
    ];

    /// <param name="settings">Without the secret ones.</param>
    /// <param name="hasUserData">Whether user data come with the task.</param>
    /// <exception cref="ProviderException">A setting is unknown or has no sense.</exception>
    public static GuestSettings Parse(ImmutableDictionary<string, string> settings, bool hasUserData)
    {
        var parsed = new GuestSettings { HasUserData = hasUserData };
        foreach (var (name, value) in settings)
            parsed = name switch
            {
                "arch" => parsed with
                {
                    Arch = Mapping.Arch(value) is var arch and not Architecture.Unknown ? arch : throw Wrong(name, value),
                },
                "firmware" => parsed with
                {
                    Firmware = value switch
                    {
                        "bios" => Model.Firmware.Bios,
                        "uefi" => Model.Firmware.Uefi,
                        _ => throw Wrong(name, value),
                    },
                },
                "accel" => parsed with { Acceleration = ProviderSettings.ParseAcceleration(value) },
                UserData => parsed with { HasUserData = true },
                "meta-data" => parsed with { MetaData = value },
                "network-config" => parsed with { NetworkConfig = value },
                "disk-format" => parsed with { DiskFormat = value is "qcow2" or "raw" ? value : throw Wrong(name, value) },
                "full-copy" => parsed with { FullCopy = bool.TryParse(value, out var copy) ? copy : throw Wrong(name, value) },
                "machine" => parsed with { Machine = Word(name, value) },
                "cpu" => parsed with { Cpu = Word(name, value) },
                "max-vcpus" => parsed with { MaxVcpus = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most : throw Wrong(name, value) },
                "graphics" => parsed with { Graphics = value is "vnc" or "vnc-socket" or "none" ? value : throw Wrong(name, value) },
                "kernel" => parsed with { Kernel = HostPath(name, value) },
                "initrd" => parsed with { Initrd = HostPath(name, value) },
                "cmdline" => parsed with { Cmdline = value },
                _ => throw new ProviderException(
                    ProviderError.InvalidArgument,
                    $"A libvirt guest has no setting '{name}'. It has: {string.Join(", ", Declared.Select(s => s.Name))}."
                ),
            };
        if (parsed is { Kernel: null, Initrd: not null } or { Kernel: null, Cmdline: not null })
            throw new ProviderException(ProviderError.InvalidArgument, "The settings 'initrd' and 'cmdline' need 'kernel'.");
        return parsed;
    }

    /// <summary>How many processors a guest is given room for, so that it can grow while it is on.</summary>
    /// <param name="arch">QEMU plugs processors into machines of these architectures alone.</param>
    /// <param name="vcpus">What it starts with.</param>
    /// <param name="limit">The machine type's own.</param>
    public int Room(Architecture arch, int vcpus, int? limit)
    {
        var plugs = arch is Architecture.X86_64 or Architecture.I686 or Architecture.Ppc64 or Architecture.Ppc64le or Architecture.S390x;
        if (MaxVcpus is not { } asked)
            return plugs ? Math.Max(vcpus, Math.Min(Math.Max(4, 2 * vcpus), limit ?? vcpus)) : vcpus;
        if (asked > vcpus && !plugs)
            throw new ProviderException(ProviderError.NotCapable, $"QEMU can't plug processors into a running guest of {Mapping.ArchName(arch)}: leave max-vcpus out.");
        if (asked < vcpus || asked > (limit ?? asked))
            throw new ProviderException(ProviderError.InvalidArgument, $"max-vcpus={asked} must be at least the {vcpus} that the guest starts with{(limit is null ? "" : $", and at most the {limit} of the machine type")}.");
        return asked;
    }

    private static string Word(string name, string value) =>
        value.Length is > 0 and <= 64 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+') ? value : throw Wrong(name, value);

    private static string HostPath(string name, string value) => value.StartsWith('/') ? value : throw Wrong(name, value);

    private static ProviderException Wrong(string name, string value)
    {
        var setting = Declared.First(s => s.Name == name);
        var wanted = setting.Choices.IsDefaultOrEmpty ? setting.Help : $"one of: {string.Join(", ", setting.Choices)}";
        return new ProviderException(ProviderError.InvalidArgument, $"The guest setting '{name}' can't be '{value}'. It takes {wanted}");
    }
}
