using System.Collections.Concurrent;
using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

/// <summary>What a guest identifier (<c>rhel8_64Guest</c>) says: family, distribution, version, architecture.</summary>
/// <param name="Os">The system.</param>
/// <param name="Arch">Whose processor it wants.</param>
internal sealed record GuestOs(OperatingSystemInfo Os, Architecture Arch)
{
    private static readonly (string Prefix, OsFamily Family, string? Distribution)[] Table =
    [
        ("rhel", OsFamily.Linux, "rhel"),
        ("redhat", OsFamily.Linux, "rhel"),
        ("centos", OsFamily.Linux, "centos"),
        ("oraclelinux", OsFamily.Linux, "oraclelinux"),
        ("rockylinux", OsFamily.Linux, "rocky"),
        ("almalinux", OsFamily.Linux, "almalinux"),
        ("fedora", OsFamily.Linux, "fedora"),
        ("debian", OsFamily.Linux, "debian"),
        ("ubuntu", OsFamily.Linux, "ubuntu"),
        ("sles", OsFamily.Linux, "sles"),
        ("suse", OsFamily.Linux, "sles"),
        ("opensuse", OsFamily.Linux, "opensuse"),
        ("nld", OsFamily.Linux, "nld"),
        ("oes", OsFamily.Linux, "oes"),
        ("sjds", OsFamily.Linux, null),
        ("mandr", OsFamily.Linux, "mandriva"),
        ("turbolinux", OsFamily.Linux, "turbolinux"),
        ("asianux", OsFamily.Linux, "asianux"),
        ("miraclelinux", OsFamily.Linux, "miraclelinux"),
        ("pardus", OsFamily.Linux, "pardus"),
        ("kylinlinux", OsFamily.Linux, "kylin"),
        ("fusionos", OsFamily.Linux, "fusionos"),
        ("prolinux", OsFamily.Linux, "prolinux"),
        ("coreos", OsFamily.Linux, "coreos"),
        ("vmwarephoton", OsFamily.Linux, "photon"),
        ("amazonlinux", OsFamily.Linux, "amzn"),
        ("crxpod", OsFamily.Linux, "crx"),
        ("crxsys", OsFamily.Linux, "crx"),
        ("genericlinux", OsFamily.Linux, null),
        ("win", OsFamily.Windows, "windows"),
        ("solaris", OsFamily.Solaris, "solaris"),
        ("freebsd", OsFamily.Bsd, "freebsd"),
        ("darwin", OsFamily.Other, "macos"),
        ("vmkernel", OsFamily.Other, "esxi"),
        ("netware", OsFamily.Other, "netware"),
        ("openserver", OsFamily.Other, "openserver"),
        ("unixware", OsFamily.Other, "unixware"),
        ("os2", OsFamily.Other, "os2"),
        ("ecomstation", OsFamily.Other, "ecomstation"),
        ("dos", OsFamily.Other, "dos"),
        ("arm-", OsFamily.Linux, null),
    ];

    /// <summary>A handful of identifiers comes again with every guest: one object for each. Bounded by what VMware defines, and by a count where somebody invents.</summary>
    private static readonly ConcurrentDictionary<string, GuestOs> Cache = new(StringComparer.Ordinal);

    public static GuestOs Unknown { get; } = new(OperatingSystemInfo.Unknown, Architecture.X86_64);

    /// <summary>Whether the identifier is one whose family we know.</summary>
    public bool IsKnown => Os.Family != OsFamily.Unknown;

    public static GuestOs Of(string? id)
    {
        if (string.IsNullOrEmpty(id))
            return Unknown;
        if (Cache.TryGetValue(id, out var known))
            return known;
        var read = Read(id.ToLowerInvariant());
        if (Cache.Count < 1000)
            _ = Cache.TryAdd(id, read);
        return read;
    }

    private static GuestOs Read(string id)
    {
        var arch = id.StartsWith("arm", StringComparison.Ordinal) ? Architecture.Aarch64 : id.Contains("64", StringComparison.Ordinal) || id.StartsWith("vmkernel", StringComparison.Ordinal) || id.StartsWith("crx", StringComparison.Ordinal) ? Architecture.X86_64 : Architecture.I686;
        if (id.StartsWith("other", StringComparison.Ordinal))
            return new GuestOs(new OperatingSystemInfo { Family = id.Contains("linux", StringComparison.Ordinal) ? OsFamily.Linux : OsFamily.Other }, arch);
        foreach (var (prefix, family, distribution) in Table)
            if (id.StartsWith(prefix, StringComparison.Ordinal))
                return new GuestOs(new OperatingSystemInfo { Family = family, Distribution = distribution, Version = family == OsFamily.Windows ? Windows(id) : Version(id[prefix.Length..]) }, arch);
        return new GuestOs(OperatingSystemInfo.Unknown, arch);
    }

    /// <summary>The digits behind the name, without those of the word size: <c>8_64guest</c> is 8, <c>64guest</c> is none.</summary>
    private static string? Version(string rest)
    {
        var end = 0;
        while (end < rest.Length && (char.IsAsciiDigit(rest[end]) || rest[end] == '.'))
            end++;
        var digits = rest[..end];
        if (digits is "64" or "32" or "")
            return null;
        return digits.EndsWith("64", StringComparison.Ordinal) && digits.Length > 2 && (end == rest.Length || rest[end] == 'g') ? digits[..^2] : digits;
    }

    private static string? Windows(string id) =>
        id switch
        {
            _ when id.StartsWith("windows2022srv", StringComparison.Ordinal) => "2025",
            _ when id.StartsWith("windows2019srvnext", StringComparison.Ordinal) => "2022",
            _ when id.StartsWith("windows2019srv", StringComparison.Ordinal) => "2019",
            _ when id.StartsWith("windows9server", StringComparison.Ordinal) => "2016",
            _ when id.StartsWith("windows8server", StringComparison.Ordinal) => "2012",
            _ when id.StartsWith("windows7server", StringComparison.Ordinal) => "2008 R2",
            _ when id.StartsWith("winlonghorn", StringComparison.Ordinal) => "2008",
            _ when id.StartsWith("winnet", StringComparison.Ordinal) => "2003",
            _ when id.StartsWith("win2000", StringComparison.Ordinal) => "2000",
            _ when id.StartsWith("winxp", StringComparison.Ordinal) => "XP",
            _ when id.StartsWith("winvista", StringComparison.Ordinal) => "Vista",
            _ when id.StartsWith("windows9", StringComparison.Ordinal) => "10",
            _ when id.StartsWith("windows", StringComparison.Ordinal) && id.Length > 7 && char.IsAsciiDigit(id[7]) =>
                new string([.. id.Skip(7).TakeWhile(char.IsAsciiDigit)]) is { Length: <= 2 } number ? number.ToString(CultureInfo.InvariantCulture) : null,
            _ => null,
        };
}
