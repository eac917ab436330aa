using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>Which operating system a global zone is of.</summary>
internal enum Flavor
{
    /// <summary>An illumos distribution that we know nothing particular of.</summary>
    Illumos,
    Solaris10,
    Solaris11,
    OmniOs,
    SmartOs,
}

/// <summary>What a global zone is.</summary>
internal sealed record HostFacts
{
    public required string Name { get; init; }

    /// <summary>The host id where it has one, else its name.</summary>
    public required string NativeId { get; init; }
    public required Flavor Flavor { get; init; }

    /// <summary>As people say it: <c>Oracle Solaris 11.4 SPARC</c>, <c>OmniOS v11 r151046</c>.</summary>
    public required string Release { get; init; }

    /// <summary>As uname says it.</summary>
    public required string Version { get; init; }
    public Architecture Arch { get; init; }
    public long Memory { get; init; }
    public int Cpus { get; init; }
    public int Sockets { get; init; }
    public int Cores { get; init; }
    public string? CpuModel { get; init; }
    public string? Model { get; init; }
    public bool Root { get; init; }
    public bool HasVmadm { get; init; }

    public bool IsIllumos => Flavor is not (Flavor.Solaris10 or Flavor.Solaris11);

    /// <summary>Solaris 11 alone changes a running zone's configuration (<c>zonecfg -r</c>) and has auxiliary states.</summary>
    public bool HasLiveConfiguration => Flavor == Flavor.Solaris11;

    /// <summary>What <see cref="Scripts.Probe"/> says.</summary>
    public static HostFacts Parse(string output)
    {
        var said = Sections.ByTitle(output, "say what it is");
        string Of(string title) => said.GetValueOrDefault(title, "").Trim();
        var uname = Of("uname").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (uname.Length < 5 || uname[0] != "SunOS")
            throw new ProviderException(ProviderError.ProtocolViolation, $"This is no Solaris or illumos system: uname says '{ZoneNames.Shown(Of("uname"))}'.");
        var (name, release, version, machine) = (uname[1], uname[2], uname[3], uname[4]);
        var hostid = Of("hostid");
        var isa = Of("isa");
        var kstat = Kstats(Of("cpu"));
        return new HostFacts
        {
            Name = name,
            NativeId = hostid.Length is > 0 and <= 64 && hostid.Any(c => c != '0') ? hostid : name,
            Flavor = FlavorOf(release, version, Of("vmadm") == "yes"),
            Release = Sections.Lines(Of("release")).Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? $"SunOS {release} {version}",
            Version = version,
            Arch = Mapping.Arch(isa.Length > 0 ? isa : machine),
            Memory = MemoryOf(Of("memory")),
            Cpus = Sections.Lines(Of("processors")).Count(line => line.AsSpan().TrimStart() is [>= '0' and <= '9', ..]),
            Sockets = int.TryParse(Of("sockets"), NumberStyles.None, CultureInfo.InvariantCulture, out var sockets) ? sockets : Distinct(kstat, "chip_id"),
            Cores = Distinct(kstat, "core_id"),
            CpuModel = kstat.FirstOrDefault(k => k.Statistic == "brand").Value,
            Model = Sections.Lines(Of("platform")).FirstOrDefault(line => line.StartsWith("name:", StringComparison.Ordinal))?[5..].Trim(),
            Root = Of("id").StartsWith("uid=0(", StringComparison.Ordinal),
            HasVmadm = Of("vmadm") == "yes",
        };
    }

    /// <summary>Lines of <c>kstat -p</c>: <c>module:instance:name:statistic</c>, a tab or spaces, the value.</summary>
    public static List<(string Instance, string Statistic, string Value)> Kstats(string text)
    {
        var all = new List<(string, string, string)>();
        foreach (var line in Sections.Lines(text))
        {
            var space = line.AsSpan().IndexOfAny('\t', ' ');
            var parts = (space < 0 ? line : line[..space]).Split(':');
            if (space > 0 && parts.Length == 4)
                all.Add((parts[1], parts[3], line[space..].Trim()));
        }
        return all;
    }

    private static Flavor FlavorOf(string release, string version, bool vmadm) =>
        release == "5.10" ? Flavor.Solaris10
        : vmadm || version.StartsWith("joyent_", StringComparison.Ordinal) ? Flavor.SmartOs
        : version.StartsWith("omnios", StringComparison.Ordinal) ? Flavor.OmniOs
        : version.StartsWith("11.", StringComparison.Ordinal) ? Flavor.Solaris11
        : Flavor.Illumos;

    private static int Distinct(List<(string Instance, string Statistic, string Value)> kstat, string statistic) =>
        kstat.Where(k => k.Statistic == statistic).Select(k => k.Value).Distinct().Count();

    // "Memory size: 3072 Megabytes"
    private static long MemoryOf(string text)
    {
        var words = text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 1 < words.Length; i++)
            if (long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1L << 32)
                return words[i + 1].StartsWith('G') ? number << 30 : words[i + 1].StartsWith('K') ? number << 10 : number << 20;
        return 0;
    }
}
