using System.Collections.Immutable;
using System.Net;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

/// <summary>What a new guest may be told beyond the common request.</summary>
internal sealed record GuestSettings
{
    /// <summary>The name of the secret setting that cloud-init's user data come in.</summary>
    public const string UserData = "user-data";

    public static ImmutableArray<Setting> All { get; } =
    [
        new() { Name = "guest-id", Default = "otherLinux64Guest", Help = "The guest operating system in vSphere's words, as rhel9_64Guest; the image's by default." },
        new() { Name = "firmware", Type = SettingType.Choice, Choices = ["bios", "uefi"], Default = "bios", Help = "What starts it, where it is made from nothing." },
        new() { Name = "disk-type", Type = SettingType.Choice, Choices = ["thin", "thick"], Default = "thin", Help = "Whether its disk takes up what is used, or all of it from the start." },
        new() { Name = "folder", Help = "The folder that it is put into, as prod/web; its datacenter's own by default." },
        new() { Name = "pool", Help = "The resource pool that it is put into; its host's or cluster's own by default." },
        new() { Name = "hostname", Help = "The name that the guest gives itself (customization of Linux; needs VMware Tools in the image)." },
        new() { Name = "domain", Default = "localdomain", Help = "The DNS domain that goes with hostname." },
        new() { Name = "ip", Help = "The address of the first network port, as 10.0.0.5/24; without it, DHCP. Goes with hostname." },
        new() { Name = "gateway", Help = "The router that goes with ip." },
        new() { Name = "dns", Help = "Name servers, separated by blanks. Goes with hostname." },
        new() { Name = UserData, Type = SettingType.Secret, Help = "cloud-init user data, handed over by guestinfo." },
    ];

    public string? GuestId { get; init; }
    public string? Firmware { get; init; }
    public bool Thin { get; init; } = true;
    public string? Folder { get; init; }
    public string? Pool { get; init; }
    public bool HasUserData { get; init; }

    /// <summary>Of the customization, as they were given.</summary>
    public ImmutableSortedDictionary<string, string> Customization { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public static GuestSettings Read(ImmutableDictionary<string, string> settings)
    {
        var read = new GuestSettings();
        foreach (var (name, value) in settings)
            read = name switch
            {
                "guest-id" => read with { GuestId = value.Length > 0 ? value : throw Wrong(name, value) },
                "firmware" => read with { Firmware = value switch { "bios" => "bios", "uefi" => "efi", _ => throw Wrong(name, value) } },
                "disk-type" => read with { Thin = value switch { "thin" => true, "thick" => false, _ => throw Wrong(name, value) } },
                "folder" => read with { Folder = value.Trim('/') },
                "pool" => read with { Pool = value },
                "hostname" or "domain" => Customized(read, name, value, Uri.CheckHostName(value) == UriHostNameType.Dns),
                "ip" => Customized(read, name, value, IPNetworkOf(value)),
                "gateway" => Customized(read, name, value, IPAddress.TryParse(value, out _)),
                "dns" => Customized(read, name, value, value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } servers && servers.All(server => IPAddress.TryParse(server, out _))),
                UserData => read with { HasUserData = true },
                _ => throw new ProviderException(ProviderError.InvalidArgument, $"A guest has no setting '{name}': there are {string.Join(", ", All.Select(setting => setting.Name))}"),
            };
        if (read.Customization.Count > 0 && !read.Customization.ContainsKey("hostname"))
            throw new ProviderException(ProviderError.InvalidArgument, $"The setting {read.Customization.Keys.First()} goes with the setting hostname: customization of a guest always sets its name.");
        return read;
    }

    /// <summary>An address with the length of its network's prefix.</summary>
    public static (IPAddress Address, string Mask) Address(string value)
    {
        var parts = value.Split('/');
        var bits = uint.MaxValue << (32 - int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        return (IPAddress.Parse(parts[0]), new IPAddress([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]).ToString());
    }

    private static bool IPNetworkOf(string value) =>
        value.Split('/') is [var address, var prefix] && IPAddress.TryParse(address, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && int.TryParse(prefix, out var length) && length is >= 1 and <= 32;

    private static GuestSettings Customized(GuestSettings read, string name, string value, bool sound) =>
        sound ? read with { Customization = read.Customization.SetItem(name, value) } : throw Wrong(name, value);

    private static ProviderException Wrong(string name, string value) => new(ProviderError.InvalidArgument, $"The setting {name} can't be '{value}'");
}
