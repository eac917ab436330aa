using System.Collections.Immutable;
using System.Text;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>A line of <c>zoneadm list -p</c>.</summary>
/// <param name="Name">Unique on its global zone; may change.</param>
/// <param name="State">As the system says it.</param>
/// <param name="Uuid">Given when the zone is installed, and kept; null before.</param>
/// <param name="Auxiliary">Auxiliary states, where the system has them.</param>
internal sealed record ZoneLine(string Name, string State, string Path, Guid? Uuid, string Brand, string IpType, ImmutableArray<string> Auxiliary)
{
    public bool IsGlobal => Name == "global";

    public bool Equals(ZoneLine? other) =>
        other is not null && Name == other.Name && State == other.State && Path == other.Path && Uuid == other.Uuid && Brand == other.Brand && IpType == other.IpType
        && Auxiliary.AsSpan().SequenceEqual(other.Auxiliary.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Name, State, Uuid);
}

/// <summary>
/// Reads <c>zoneadm list -cp</c>: <c>zoneid:zonename:state:zonepath:uuid:brand:ip-type</c>, a colon within a field written
/// <c>\:</c>. illumos adds a debug id, Solaris 11.4 three fields about read-only zones: what follows the seventh is not read.
/// </summary>
internal static class ZoneList
{
    private const int Fields = 7;
    private const int MostLines = 200_000;

    /// <exception cref="ProviderException">It is no such list; nothing of it is to be believed.</exception>
    public static List<ZoneLine> Parse(ReadOnlySpan<char> output)
    {
        var zones = new List<ZoneLine>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var range in output.Split('\n'))
        {
            var line = output[range].TrimEnd('\r');
            if (line.IsWhiteSpace())
                continue;
            var zone = ParseLine(line);
            if (!names.Add(zone.Name))
                throw Garbled($"it has the zone '{zone.Name}' twice");
            if (zones.Count == MostLines)
                throw Garbled($"it has more than {MostLines} zones");
            zones.Add(zone);
        }
        return zones;
    }

    /// <summary>The list of all zones has the global zone in it, or it is none.</summary>
    public static List<ZoneLine> ParseAll(ReadOnlySpan<char> output)
    {
        var zones = Parse(output);
        return zones.Exists(zone => zone.IsGlobal) ? zones : throw Garbled("the global zone is not in it");
    }

    public static ZoneLine ParseLine(ReadOnlySpan<char> line)
    {
        var fields = Split(line);
        if (fields.Count < Fields)
            throw Garbled($"a line has {fields.Count} fields and not {Fields} or more: '{ZoneNames.Shown(line.ToString())}'");
        var name = fields[1];
        if (fields[0] != "-" && !fields[0].All(char.IsAsciiDigit) || name != "global" && !IsName(name))
            throw Garbled($"a line begins with no id and name of a zone: '{ZoneNames.Shown(line.ToString())}'");
        Guid? uuid = null;
        if (fields[4].Length > 0)
            uuid = Guid.TryParseExact(fields[4], "D", out var parsed) ? parsed : throw Garbled($"the UUID of '{name}' is none: '{ZoneNames.Shown(fields[4])}'");
        return new ZoneLine(name, fields[2], fields[3], uuid, fields[5], fields[6], []);
    }

    /// <summary>
    /// Reads <c>zoneadm list -cs</c> of Solaris 11.3 and later: columns name, status, auxiliary states. Where it is another
    /// text, there is nothing in it for us.
    /// </summary>
    public static Dictionary<string, ImmutableArray<string>> ParseAuxiliary(ReadOnlySpan<char> output)
    {
        var all = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var range in output.Split('\n'))
        {
            var words = output[range].ToString().Split([' ', '\t', '\r', ','], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 2 && words[0] != "NAME" && words[2] != "-")
                all[words[0]] = [.. words[2..]];
        }
        return all;
    }

    // Names of older releases may break the rule for new ones, but not so that they need care.
    private static bool IsName(string name) => name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static List<string> Split(ReadOnlySpan<char> line)
    {
        var fields = new List<string>(10);
        var field = new StringBuilder();
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\' && i + 1 < line.Length && line[i + 1] is ':' or '\\')
                field.Append(line[++i]);
            else if (line[i] == ':')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
                field.Append(line[i]);
        }
        fields.Add(field.ToString());
        return fields;
    }

    private static ProviderException Garbled(string why) => new(ProviderError.ProtocolViolation, $"What the global zone says is no list of zones: {why}.");
}
