using System.Collections.Frozen;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>
/// The console's words in ours: one table each. Spelling differs between the XML and the quick lists, and between
/// versions (<c>not activated</c>, <c>Not_Activated</c>), so words are compared without case, blanks and bars.
/// </summary>
internal static class Mapping
{
    public static FrozenDictionary<string, (PowerState Power, Transition Transition)> PartitionStates { get; } = new Dictionary<string, (PowerState, Transition)>
    {
        ["running"] = (PowerState.On, Transition.None),
        // The firmware's own console is reached: the processors run, and no operating system does.
        ["open firmware"] = (PowerState.On, Transition.None),
        ["not activated"] = (PowerState.Off, Transition.None),
        ["error"] = (PowerState.Crashed, Transition.None),
        ["starting"] = (PowerState.On, Transition.Starting),
        ["shutting down"] = (PowerState.On, Transition.Stopping),
        ["hardware discovery"] = (PowerState.On, Transition.Starting),
        ["migrating not active"] = (PowerState.Off, Transition.Migrating),
        ["migrating running"] = (PowerState.On, Transition.Migrating),
        ["suspended"] = (PowerState.Suspended, Transition.None),
        ["suspending"] = (PowerState.On, Transition.Suspending),
        ["resuming"] = (PowerState.Suspended, Transition.Resuming),
        // The console's own words for not knowing: its system is off or not connected.
        ["not available"] = (PowerState.Unknown, Transition.None),
        ["unknown"] = (PowerState.Unknown, Transition.None),
    }.ToFrozenDictionary(Words.Comparer);

    public static FrozenDictionary<string, HostState> SystemStates { get; } = new Dictionary<string, HostState>
    {
        ["operating"] = HostState.Up,
        ["standby"] = HostState.Up,
        ["power off"] = HostState.Down,
        ["powering off"] = HostState.Down,
        ["power off in progress"] = HostState.Down,
        ["powering on"] = HostState.Down,
        ["initializing"] = HostState.Down,
        ["error"] = HostState.Down,
        ["error - dump in progress"] = HostState.Down,
        ["error - terminated"] = HostState.Down,
        ["recovery"] = HostState.Up,
        ["on demand recovery"] = HostState.Up,
        ["incomplete"] = HostState.Unknown,
        ["no connection"] = HostState.Unknown,
        ["failed authentication"] = HostState.Unknown,
        ["pending authentication"] = HostState.Unknown,
        ["pending authentication - password updates required"] = HostState.Unknown,
        ["version mismatch"] = HostState.Unknown,
        ["unknown"] = HostState.Unknown,
    }.ToFrozenDictionary(Words.Comparer);

    /// <summary>How a partition shares its processors. The misspelling is the console's own.</summary>
    public static FrozenDictionary<string, (EntitlementMode Mode, bool? Capped)> SharingModes { get; } = new Dictionary<string, (EntitlementMode, bool?)>
    {
        ["capped"] = (EntitlementMode.Shared, true),
        ["uncapped"] = (EntitlementMode.Shared, false),
        ["keep idle procs"] = (EntitlementMode.Dedicated, true),
        ["sre idle proces"] = (EntitlementMode.Dedicated, true),
        ["sre idle procs"] = (EntitlementMode.Dedicated, true),
        ["share idle procs"] = (EntitlementMode.Dedicated, true),
        ["sre idle procs active"] = (EntitlementMode.Dedicated, true),
        ["share idle procs active"] = (EntitlementMode.Dedicated, true),
        ["sre idle procs always"] = (EntitlementMode.Dedicated, true),
        ["share idle procs always"] = (EntitlementMode.Dedicated, true),
        ["unknown"] = (EntitlementMode.Shared, null),
    }.ToFrozenDictionary(Words.Comparer);

    public static FrozenDictionary<string, PartitionKind> PartitionTypes { get; } = new Dictionary<string, PartitionKind>
    {
        ["AIX/Linux"] = PartitionKind.AixLinux,
        ["OS400"] = PartitionKind.Ibmi,
        ["IBM i"] = PartitionKind.Ibmi,
        ["Virtual IO Server"] = PartitionKind.Vios,
    }.ToFrozenDictionary(Words.Comparer);

    /// <summary>The monitoring that everything from inside of a partition needs.</summary>
    public static FrozenDictionary<string, bool?> MonitoringStates { get; } = new Dictionary<string, bool?>
    {
        ["active"] = true,
        ["inactive"] = false,
        ["none"] = false,
        ["busy"] = true,
        ["unknown"] = null,
    }.ToFrozenDictionary(Words.Comparer);

    public static (PowerState Power, Transition Transition) Power(string? word) => word is not null && PartitionStates.TryGetValue(word, out var state) ? state : (PowerState.Unknown, Transition.None);

    public static HostState Host(string? word) => word is not null && SystemStates.TryGetValue(word, out var state) ? state : HostState.Unknown;

    /// <summary>Whether the console can list what is on the system: one that is not connected shows what it remembers, or nothing.</summary>
    public static bool Lists(string? word) => Host(word) == HostState.Up;

    /// <param name="type">The partition's type.</param>
    /// <param name="said"><c>AIX 7.2 7200-04-00-0000</c>, <c>Linux/Red Hat Enterprise Linux 4.18.0… 8.3 (Ootpa)</c>, <c>IBM i Licensed Internal Code 7.4.0 690 0</c>, <c>VIOS 3.1.0.10</c>, <c>Unknown</c>.</param>
    public static OperatingSystemInfo Os(PartitionKind type, string? said)
    {
        said = said is null || Words.Comparer.Equals(said, "unknown") || said == "0.0.0.0.0.0" ? null : said.Trim();
        var words = said?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (type == PartitionKind.Ibmi)
            return new OperatingSystemInfo { Family = OsFamily.Ibmi, Distribution = "ibmi", Version = Version(words) };
        if (type == PartitionKind.Vios || said?.StartsWith("VIOS", StringComparison.OrdinalIgnoreCase) == true)
            return new OperatingSystemInfo { Family = OsFamily.Aix, Distribution = "vios", Version = Version(words) };
        if (said is null)
            return OperatingSystemInfo.Unknown;
        if (said.StartsWith("AIX", StringComparison.OrdinalIgnoreCase))
            return new OperatingSystemInfo { Family = OsFamily.Aix, Distribution = "aix", Version = words.Length > 2 ? words[2] : Version(words) };
        if (said.StartsWith("Linux", StringComparison.OrdinalIgnoreCase))
            return new OperatingSystemInfo { Family = OsFamily.Linux, Distribution = Distribution(said), Version = LinuxVersion(words) };
        if (said.Contains("IBM i", StringComparison.OrdinalIgnoreCase) || said.Contains("OS/400", StringComparison.OrdinalIgnoreCase))
            return new OperatingSystemInfo { Family = OsFamily.Ibmi, Distribution = "ibmi", Version = Version(words) };
        return new OperatingSystemInfo { Family = OsFamily.Other, Version = said };
    }

    private static string? Distribution(string said) =>
        said switch
        {
            _ when said.Contains("Red Hat", StringComparison.OrdinalIgnoreCase) => "rhel",
            _ when said.Contains("CentOS", StringComparison.OrdinalIgnoreCase) => "centos",
            _ when said.Contains("SuSE", StringComparison.OrdinalIgnoreCase) || said.Contains("SLES", StringComparison.OrdinalIgnoreCase) => "sles",
            _ when said.Contains("Ubuntu", StringComparison.OrdinalIgnoreCase) => "ubuntu",
            _ when said.Contains("Debian", StringComparison.OrdinalIgnoreCase) => "debian",
            _ when said.Contains("Fedora", StringComparison.OrdinalIgnoreCase) => "fedora",
            _ when said.Contains("Rocky", StringComparison.OrdinalIgnoreCase) => "rocky",
            _ when said.Contains("Alma", StringComparison.OrdinalIgnoreCase) => "almalinux",
            _ => null,
        };

    /// <summary>The distribution's stands after the kernel's: the last that looks like one.</summary>
    private static string? LinuxVersion(string[] words) => words.LastOrDefault(word => char.IsAsciiDigit(word[0]) && word.Length <= 12);

    private static string? Version(string[] words) => words.FirstOrDefault(word => char.IsAsciiDigit(word[0]));
}
