using System.Globalization;
using System.Text;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;

namespace Anyvisor.Benchmarks.SolarisZones;

/// <summary>
/// How fast what a global zone said becomes what we know: a list of 100,000 zones, made of recorded lines under other names,
/// and recorded configurations up to shape and native JSON. Processor time of this thread. Needs the recordings beside the
/// checkout, or their folder in <c>ANYVISOR_RECORDINGS</c>.
/// </summary>
internal static class ParseFigure
{
    private const int Zones = 100_000;
    private const int Rounds = 20_000;

    internal static Task RunAsync(Figures figures)
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("ANYVISOR_RECORDINGS") ?? Path.Combine(Directory.GetCurrentDirectory(), "..", "shared", "recordings"), "solaris");
        if (!Directory.Exists(folder))
        {
            Console.WriteLine($"zones-parse | skipped: there are no recordings in {folder}");
            return Task.CompletedTask;
        }
        foreach (var (system, file) in (ReadOnlySpan<(string, string)>)[("Solaris 11", "cli/zoneadm_list_cp.solaris11.txt"), ("OmniOS", "illumos/zoneadm_list_cp.omnios2.txt")])
        {
            var list = Many(File.ReadAllLines(Path.Combine(folder, file)));
            _ = Seconds(5, () => ZoneList.ParseAll(list));
            figures.AtLeast($"zones: lines of a list of {system} read", 10.0 * Zones / Seconds(10, () => ZoneList.ParseAll(list)), 500_000, "zones/s");
        }
        foreach (var (system, file, brand) in (ReadOnlySpan<(string, string, string)>)[("a kernel zone", "cli/zonecfg_export.solaris-kz.0.txt", "solaris-kz"), ("an illumos zone", "illumos/zonecfg_file_01.txt", "sparse")])
        {
            var (export, zone) = (File.ReadAllText(Path.Combine(folder, file)), new ZoneLine("web", "running", "/zones/web", Guid.NewGuid(), brand, "excl", []));
            Action read = () => ZoneShape.Of(zone, ZoneConfig.Parse(export));
            _ = Seconds(Rounds / 4, read);
            figures.AtLeast($"zones: configurations of {system} read to guests", Rounds / Seconds(Rounds, read), 20_000, "zones/s");
        }
        return Task.CompletedTask;
    }

    private static double Seconds(int rounds, Action read)
    {
        var began = ThreadClock.Now;
        for (var round = 0; round < rounds; round++)
            read();
        return (ThreadClock.Now - began).TotalSeconds;
    }

    private static string Many(string[] recorded)
    {
        var zones = recorded.Where(line => !line.Contains(":global:", StringComparison.Ordinal) && line.Length > 0).Select(line => line.Split(':')).ToArray();
        var text = new StringBuilder(recorded.First(line => line.Contains(":global:", StringComparison.Ordinal))).Append('\n');
        for (var i = 0; i < Zones; i++)
        {
            var fields = (string[])zones[i % zones.Length].Clone();
            fields[1] = string.Create(CultureInfo.InvariantCulture, $"{fields[1]}-{i:D6}");
            text.AppendJoin(':', fields).Append('\n');
        }
        return text.ToString();
    }
}
