using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>
/// Tags of zones that have none of their own: attrs of the configuration, <c>tag-KEY</c>. What zonecfg's language can't
/// hold in a value is written as in URLs, and an empty value as a lone percent sign.
/// </summary>
internal static class ZoneTags
{
    private const string Prefix = "tag-";
    private const string Empty = "%";
    private const int Longest = 100;

    public static ImmutableDictionary<string, string> Of(ZoneConfig config) =>
        config.Of("attr")
            .Where(attr => attr["name"]?.StartsWith(Prefix, StringComparison.Ordinal) == true && attr["name"]!.Length > Prefix.Length)
            .GroupBy(attr => attr["name"]![Prefix.Length..], StringComparer.Ordinal)
            .ToImmutableDictionary(group => group.Key, group => group.Last()["value"] is var value and not Empty ? Uri.UnescapeDataString(value ?? "") : "", StringComparer.Ordinal);

    /// <summary>The commands that give a configuration exactly these tags; none where it has them.</summary>
    /// <exception cref="ProviderException">A key can't be an attr's name.</exception>
    public static List<string> Edits(ZoneConfig config, ImmutableDictionary<string, string> tags)
    {
        foreach (var key in tags.Keys)
            if (key.Length is 0 or > Longest || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
                throw new ProviderException(ProviderError.InvalidArgument, $"'{ZoneNames.Shown(key)}' can't be a tag of a zone: letters and digits of ASCII, '_', '-' and '.', {Longest} at most.");
        var before = Of(config);
        var commands = new List<string>();
        foreach (var gone in before.Keys.Where(key => !tags.ContainsKey(key)).Order(StringComparer.Ordinal))
            commands.Add($"remove attr name={Prefix}{gone}");
        foreach (var (key, value) in tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
            if (!before.TryGetValue(key, out var old))
                commands.AddRange(["add attr", $"set name={Prefix}{key}", "set type=string", $"set value={Written(value)}", "end"]);
            else if (old != value)
                commands.AddRange([$"select attr name={Prefix}{key}", $"set value={Written(value)}", "end"]);
        return commands;
    }

    private static string Written(string value)
    {
        if (value.Length == 0)
            return ZoneConfig.Quoted(Empty);
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(value))
            _ = b is < 0x20 or >= 0x7f or (byte)'%' or (byte)'"' or (byte)';' or (byte)'\\' ? text.Append(CultureInfo.InvariantCulture, $"%{b:X2}") : text.Append((char)b);
        // What only looks like a list is none.
        if (text[0] is '[' or '(')
            text.Remove(0, 1).Insert(0, value[0] == '[' ? "%5B" : "%28");
        return ZoneConfig.Quoted(text.ToString());
    }
}
