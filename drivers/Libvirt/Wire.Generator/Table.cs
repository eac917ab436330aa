using System.Globalization;

namespace Anyvisor.Drivers.Libvirt.Wire.Generator;

/// <summary>protocol.table as data; the format is told at the head of that file.</summary>
internal sealed class Table
{
    public List<(string Name, int Value)> Limits { get; } = [];
    public List<(string Name, uint Number, uint Version)> Programs { get; } = [];
    public List<Struct> Structs { get; } = [];
    public List<Procedure> Procedures { get; } = [];

    public static Table Parse(IEnumerable<string> lines)
    {
        var table = new Table();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            try
            {
                table.ParseLine(line);
            }
            catch (Exception e) when (e is FormatException or IndexOutOfRangeException or ArgumentException)
            {
                throw new FormatException($"protocol.table line {number}: {e.Message}: {line}", e);
            }
        }
        return table;
    }

    private void ParseLine(string line)
    {
        var head = line.Split(':', 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rest = line.Contains(':', StringComparison.Ordinal) ? line.Split(':', 2)[1] : "";
        switch (head[0])
        {
            case "limit":
                Limits.Add((head[1], int.Parse(head[2], CultureInfo.InvariantCulture)));
                break;
            case "program":
                Programs.Add((head[1], Convert.ToUInt32(head[2], 16), uint.Parse(head[3], CultureInfo.InvariantCulture)));
                break;
            case "struct":
                Structs.Add(new Struct(head[1], Field.ParseList(rest)));
                break;
            case "call" or "stream" or "event":
                var sides = rest.Split("->");
                Procedures.Add(new Procedure(
                    head[0], Programs[^1].Name, int.Parse(head[1], CultureInfo.InvariantCulture), head[2],
                    head.Length > 3 && head[3] == "slow",
                    Field.ParseList(sides[0]), sides.Length > 1 ? Field.ParseList(sides[1]) : []));
                break;
            default:
                throw new FormatException($"unknown word '{head[0]}'");
        }
    }
}

internal sealed record Struct(string Name, IReadOnlyList<Field> Fields);

internal sealed record Procedure(
    string Kind, string Program, int Number, string Name, bool Slow,
    IReadOnlyList<Field> Arguments, IReadOnlyList<Field> Results);

/// <param name="Name">'_' for a result that is dropped, '' for a constant argument.</param>
/// <param name="Base">The type without its '?' or '&lt;...&gt;'.</param>
/// <param name="Bound">The limit's name of a list, the digits of a fixed length, or null.</param>
internal sealed record Field(string Name, string Base, bool Optional, string? Bound, string? Constant)
{
    public static IReadOnlyList<Field> ParseList(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    private static Field Parse(string text)
    {
        if (text.Split('=') is [var constantType, var value])
            return new Field("", constantType, false, null, value);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2)
            throw new FormatException($"'{text}' is not 'name type'");
        var type = words[1];
        var optional = type.EndsWith('?');
        var at = type.IndexOfAny(['<', '[']);
        var bound = at < 0 ? null : type[(at + 1)..^1];
        var name = at < 0 ? type.TrimEnd('?') : type[..at];
        return new Field(words[0], name, optional, bound, null);
    }
}
