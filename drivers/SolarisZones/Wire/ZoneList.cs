using System.Buffers;
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
    private static readonly SearchValues<char> OfNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");
    private static readonly string[] Usual = ["running", "installed", "configured", "excl", "shared", "solaris", "solaris-kz", "solaris10", "native", "lipkg", "ipkg", "sparse", "pkgsrc", "lx", "bhyve"];

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
        // With a colon in a field, which is rare, the fields are copied without what marks it.
        if (line.Contains('\\'))
            return ParseFields(line, Split(line).ConvertAll(field => field.AsMemory()));
        Span<Range> ranges = stackalloc Range[Fields + 1];
        var count = line.Split(ranges, ':');
        return count < Fields
            ? throw TooFew(line, count)
            : Line(line, line[ranges[0]], line[ranges[1]], line[ranges[2]], line[ranges[3]], line[ranges[4]], line[ranges[5]], line[ranges[6]]);
    }

    private static ZoneLine ParseFields(ReadOnlySpan<char> line, List<ReadOnlyMemory<char>> fields) =>
        fields.Count < Fields
            ? throw TooFew(line, fields.Count)
            : Line(line, fields[0].Span, fields[1].Span, fields[2].Span, fields[3].Span, fields[4].Span, fields[5].Span, fields[6].Span);

    private static ZoneLine Line(ReadOnlySpan<char> line, ReadOnlySpan<char> id, ReadOnlySpan<char> name, ReadOnlySpan<char> state, ReadOnlySpan<char> path, ReadOnlySpan<char> uuid, ReadOnlySpan<char> brand, ReadOnlySpan<char> ipType)
    {
        if (id is not "-" && id.ContainsAnyExceptInRange('0', '9') || name is not "global" && !IsName(name))
            throw Garbled($"a line begins with no id and name of a zone: '{ZoneNames.Shown(line.ToString())}'");
        Guid? known = null;
        if (uuid.Length > 0)
            known = Guid.TryParseExact(uuid, "D", out var parsed) ? parsed : throw Garbled($"the UUID of '{name}' is none: '{ZoneNames.Shown(uuid.ToString())}'");
        return new ZoneLine(name.ToString(), Word(state), path.ToString(), known, Word(brand), Word(ipType), []);
    }

    // Few words come a hundred thousand times.
    private static string Word(ReadOnlySpan<char> word)
    {
        foreach (var usual in Usual)
            if (word.SequenceEqual(usual))
                return usual;
        return word.ToString();
    }

    private static ProviderException TooFew(ReadOnlySpan<char> line, int count) => Garbled($"a line has {count} fields and not {Fields} or more: '{ZoneNames.Shown(line.ToString())}'");

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
    private static bool IsName(ReadOnlySpan<char> name) => name.Length is > 0 and <= 128 && !name.ContainsAnyExcept(OfNames);

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
