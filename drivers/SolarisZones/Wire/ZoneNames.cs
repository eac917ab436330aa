using Anyvisor.Driver;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>Which texts may go into commands, and as what. What is not allowed here never reaches a global zone.</summary>
internal static class ZoneNames
{
    private const int Longest = 64;

    /// <summary>By zonecfg(8): letters, digits, <c>_ - .</c>, a letter or digit first; not a reserved name.</summary>
    public static string Require(string name)
    {
        if (WhyNot(name) is { } why)
            throw new ProviderException(ProviderError.InvalidArgument, $"'{Shown(name)}' can't be a zone's name: {why}.");
        return name;
    }

    public static string? WhyNot(string name) =>
        name.Length is 0 or > Longest ? $"it has {name.Length} characters, and may have 1 to {Longest}"
        : !char.IsAsciiLetterOrDigit(name[0]) ? "it does not begin with a letter or digit of ASCII"
        : !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? "it has others than letters and digits of ASCII, '_', '-' and '.'"
        : name == "global" ? "the global zone has it"
        : name.StartsWith("SUNW", StringComparison.OrdinalIgnoreCase) || name.StartsWith("SYS", StringComparison.Ordinal) ? "names that begin with SUNW or SYS are the system's own"
        : null;

    /// <summary>A snapshot's name by zfs(8).</summary>
    public static string RequireSnapshot(string name) =>
        name.Length is > 0 and <= 100 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':')
            ? name
            : throw new ProviderException(ProviderError.InvalidArgument, $"'{Shown(name)}' can't be a snapshot's name: ZFS takes letters and digits of ASCII, '_', '-', '.' and ':', 100 at most here.");

    /// <summary>A dataset's name as zfs showed it; what looks otherwise is not passed on.</summary>
    public static string RequireDataset(string name) =>
        IsDataset(name) ? name : throw new ProviderException(ProviderError.ProtocolViolation, $"'{Shown(name)}' is no name of a ZFS dataset.");

    public static bool IsDataset(string name) =>
        name.Length is > 0 and <= 256 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '/' or ' ' or '%') && !name.Contains("//", StringComparison.Ordinal);

    /// <summary>An absolute path that needs no quoting in zonecfg's own language.</summary>
    public static string RequirePath(string path, string what) =>
        path.Length is > 1 and <= 1024 && path[0] == '/' && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '%' or '{' or '}') && !path.Split('/').Contains("..")
            ? path
            : throw new ProviderException(ProviderError.InvalidArgument, $"'{Shown(path)}' can't be {what}: an absolute path of letters and digits of ASCII, '_', '-' and '.'.");

    public static string Shown(string text) => new([.. text.Take(Longest + 16).Select(c => char.IsControl(c) ? '?' : c)]);
}
