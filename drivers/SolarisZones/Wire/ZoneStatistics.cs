using System.Globalization;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>What a running zone uses, by prstat.</summary>
/// <param name="Zone">Its name.</param>
/// <param name="Resident">Bytes of memory.</param>
/// <param name="CpuShare">Of all processors of the host, 0 to 1, in the last minute or so.</param>
internal readonly record struct ZoneUse(string Zone, long? Resident, double? CpuShare);

/// <summary>
/// Reads the zones of <c>prstat -Z</c>, which every release has: <c>ZONEID NPROC SWAP RSS MEMORY TIME CPU ZONE</c>. Names
/// are cut there where they are long, so zones are told by their number.
/// </summary>
internal static class ZoneStatistics
{
    /// <param name="zones">What <c>zoneadm list -p</c> says.</param>
    /// <param name="prstat">What prstat says.</param>
    public static List<ZoneUse> Parse(string zones, string prstat)
    {
        var names = new Dictionary<int, string>();
        foreach (var line in Sections.Lines(zones))
            if (line.Split(':') is [var id, var name, ..] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                names[number] = name;
        var uses = new List<ZoneUse>();
        var inZones = false;
        foreach (var line in Sections.Lines(prstat))
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["ZONEID", ..])
                inZones = true;
            else if (words is ["Total:", ..])
                break;
            else if (inZones && words.Length >= 8 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && names.TryGetValue(id, out var name))
                uses.Add(new ZoneUse(name, ZoneSizes.Bytes(words[3]), Percent(words[6])));
        }
        return uses;
    }

    private static double? Percent(string word) =>
        word.EndsWith('%') && double.TryParse(word.AsSpan(0, word.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 100 ? number / 100 : null;
}
