using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

/// <summary>What the connector calls operating systems: <c>rhel8.4</c>, <c>SLES15SP3</c>, <c>Ubuntu 22.04.1 LTS</c>, <c>rhcos4.6</c>.</summary>
internal static class OperatingSystems
{
    private static readonly (string Prefix, OsFamily Family, string? Distribution)[] Table =
    [
        ("rhcos", OsFamily.Linux, "rhcos"),
        ("red hat enterprise linux coreos", OsFamily.Linux, "rhcos"),
        ("red hat", OsFamily.Linux, "rhel"),
        ("redhat", OsFamily.Linux, "rhel"),
        ("rhel", OsFamily.Linux, "rhel"),
        ("sles", OsFamily.Linux, "sles"),
        ("suse", OsFamily.Linux, "sles"),
        ("opensuse", OsFamily.Linux, "opensuse"),
        ("ubuntu", OsFamily.Linux, "ubuntu"),
        ("debian", OsFamily.Linux, "debian"),
        ("fedora", OsFamily.Linux, "fedora"),
        ("almalinux", OsFamily.Linux, "almalinux"),
        ("rocky", OsFamily.Linux, "rocky"),
        ("centos", OsFamily.Linux, "centos"),
        ("alpine", OsFamily.Linux, "alpine"),
        ("linux", OsFamily.Linux, null),
        ("z/os", OsFamily.Zos, null),
        ("zos", OsFamily.Zos, null),
        ("z/vse", OsFamily.Zvse, null),
        ("vse", OsFamily.Zvse, null),
        ("z/vm", OsFamily.Zvm, null),
        ("cms", OsFamily.Other, "cms"),
    ];

    internal static OperatingSystemInfo Read(string? text)
    {
        var word = text?.Trim();
        if (string.IsNullOrEmpty(word))
            return OperatingSystemInfo.Unknown;
        foreach (var (prefix, family, distribution) in Table)
            if (word.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return new OperatingSystemInfo { Family = family, Distribution = distribution, Version = Version(word.AsSpan(prefix.Length)) };
        return OperatingSystemInfo.Unknown;
    }

    /// <summary>From the first digit on, to the next blank.</summary>
    private static string? Version(ReadOnlySpan<char> rest)
    {
        var at = rest.IndexOfAnyInRange('0', '9');
        if (at < 0)
            return null;
        var version = rest[at..];
        var end = version.IndexOfAny(' ', '(');
        return (end < 0 ? version : version[..end]).ToString();
    }
}
