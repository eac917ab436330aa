using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>Whether guests run on the processor itself.</summary>
internal enum AccelerationChoice : byte
{
    /// <summary>By what the host's processor offers.</summary>
    Auto,
    Kvm,
    Tcg,
}

/// <summary>A provider's settings, parsed.</summary>
internal sealed record ProviderSettings
{
    public AccelerationChoice Acceleration { get; init; }
    public string DiskPool { get; init; } = "anyvisor";
    public string ImagePool { get; init; } = "anyvisor-images";

    /// <summary>A folder on the host under which the two pools are made when they are missing.</summary>
    public string PoolRoot { get; init; } = "/var/lib/libvirt/images";
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(3);
    public TimeSpan Relist { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where other hosts' hypervisors reach this one to send guests; null leaves it to libvirt, which takes the host's name.</summary>
    public string? MigrationAddress { get; init; }

    /// <summary>Whether this host's daemon speaks to the target's itself.</summary>
    public bool PeerToPeer { get; init; }

    /// <summary>The SHA-256 fingerprint of the certificate that the daemon must show; null trusts what the CA signed.</summary>
    public string? TlsFingerprint { get; init; }

    public static ImmutableArray<Setting> Declared { get; } =
    [
        new()
        {
            Name = "accel",
            Type = SettingType.Choice,
            Choices = ["auto", "kvm", "tcg"],
            Default = "auto",
            Help = "Run guests on the processor (kvm) or emulate it (tcg). auto takes kvm when libvirt offers it and the processor has what it needs: a /dev/kvm alone is no proof.",
        },
        new() { Name = "disk-pool", Default = "anyvisor", Help = "The storage pool for disks of guests made here. Made when it is missing." },
        new() { Name = "image-pool", Default = "anyvisor-images", Help = "The storage pool whose volumes are the images. Made when it is missing." },
        new() { Name = "pool-root", Default = "/var/lib/libvirt/images", Help = "The folder on the host in which missing pools are made." },
        new() { Name = "poll", Type = SettingType.Duration, Default = "3", Help = "How often the state of all guests is read in one call, beside events: at least 0.5, at most 5 seconds." },
        new() { Name = "relist", Type = SettingType.Duration, Default = "60", Help = "How often everything is listed anew." },
        new() { Name = "migration-address", Help = "The address at which other hosts reach this one to send guests here; the host's name by default." },
        new() { Name = "migration", Type = SettingType.Choice, Choices = ["managed", "peer-to-peer"], Default = "managed", Help = "Whether we lead migrations from this host, or its daemon speaks to the target's itself." },
        new() { Name = "tls-fingerprint", Help = "The SHA-256 fingerprint of the one certificate that the daemon may show over TLS; without it the CA's word counts." },
    ];

    /// <exception cref="ProviderException">A setting is unknown or has no sense.</exception>
    public static ProviderSettings Parse(ImmutableDictionary<string, string> settings)
    {
        var parsed = new ProviderSettings();
        foreach (var (name, value) in settings)
            parsed = name switch
            {
                "accel" => parsed with { Acceleration = ParseAcceleration(value) },
                "disk-pool" => parsed with { DiskPool = Name(name, value) },
                "image-pool" => parsed with { ImagePool = Name(name, value) },
                "pool-root" => parsed with { PoolRoot = value.StartsWith('/') ? value.TrimEnd('/') : throw Wrong(name, value, "an absolute path on the host") },
                "poll" => parsed with { Poll = Time(name, value, 0.5, 5) },
                "migration-address" => parsed with { MigrationAddress = Address(value) },
                "migration" => parsed with
                {
                    PeerToPeer = value switch
                    {
                        "managed" => false,
                        "peer-to-peer" => true,
                        _ => throw Wrong(name, value, "managed or peer-to-peer"),
                    },
                },
                "tls-fingerprint" => parsed with { TlsFingerprint = Fingerprint(value) },
                "relist" => parsed with { Relist = Time(name, value, 5, 86_400) },
                _ => throw new ProviderException(
                    ProviderError.InvalidArgument,
                    $"The libvirt driver has no setting '{name}'. It has: {string.Join(", ", Declared.Select(s => s.Name))}."
                ),
            };
        return parsed;
    }

    internal static AccelerationChoice ParseAcceleration(string value) => value switch
    {
        "auto" => AccelerationChoice.Auto,
        "kvm" => AccelerationChoice.Kvm,
        "tcg" => AccelerationChoice.Tcg,
        _ => throw Wrong("accel", value, "auto, kvm or tcg"),
    };

    private static string Name(string setting, string value) =>
        value.Length is > 0 and <= 128 && !value.Contains('/') ? value : throw Wrong(setting, value, "the name of a storage pool");

    private static string Address(string value) =>
        Uri.CheckHostName(value) != UriHostNameType.Unknown ? value : throw Wrong("migration-address", value, "a host name or IP address");

    private static string Fingerprint(string value)
    {
        var digits = value.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit) ? digits : throw Wrong("tls-fingerprint", value, "64 hexadecimal digits, with or without colons");
    }

    private static TimeSpan Time(string setting, string value, double least, double most)
    {
        var (digits, unit) = value switch
        {
            [.. var n, 'm', 's'] => (n, 0.001),
            [.. var n, 's'] => (n, 1),
            [.. var n, 'm'] => (n, 60),
            [.. var n, 'h'] => (n, 3600),
            _ => (value, 1d),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * unit >= least
            && number * unit <= most
            ? TimeSpan.FromSeconds(number * unit)
            : throw Wrong(setting, value, string.Create(CultureInfo.InvariantCulture, $"a time from {least} to {most} seconds, as in 2s"));
    }

    private static ProviderException Wrong(string setting, string value, string wanted) =>
        new(ProviderError.InvalidArgument, $"The setting '{setting}' is '{value}'; it takes {wanted}.");
}
