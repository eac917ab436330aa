using System.Globalization;
using System.Text;

namespace Anyvisor.Drivers.Libvirt.Wire.Generator;

/// <summary>Writes the C# of a table, one file a kind of thing.</summary>
internal static class Emitter
{
    public static IEnumerable<(string File, string Text)> Emit(Table table)
    {
        var types = new TypeNames(table);
        yield return ("Limits.g.cs", Limits(table));
        yield return ("Records.g.cs", Records(table, types));
        yield return ("Events.g.cs", Events(table, types));
        yield return ("Procedures.g.cs", Procedures(table));
        yield return ("LibvirtClient.g.cs", Client(table, types));
    }

    private static StringBuilder File(bool usesXdr)
    {
        var text = new StringBuilder("// Generated from protocol.table by Wire.Generator: edit that, not this.\n#nullable enable\n");
        if (usesXdr)
            text.Append("using Anyvisor.Drivers.Libvirt.Wire.Xdr;\n");
        return text.Append("\nnamespace Anyvisor.Drivers.Libvirt.Wire;\n");
    }

    private static string Limits(Table table)
    {
        var text = File(usesXdr: false).Append("\ninternal static class Limits\n{\n");
        foreach (var (name, value) in table.Limits)
            text.Append(CultureInfo.InvariantCulture, $"    public const int {TypeNames.Pascal(name)} = {value};\n");
        return text.Append("}\n").ToString();
    }

    private static string Procedures(Table table)
    {
        var text = File(usesXdr: false).Append("\ninternal static class Programs\n{\n");
        foreach (var (name, number, _) in table.Programs)
            text.Append(CultureInfo.InvariantCulture, $"    public const uint {name} = 0x{number:x8};\n");
        text.Append("}\n\ninternal static class Procedures\n{\n");
        foreach (var p in table.Procedures.Where(p => p.Kind != "event"))
        {
            var version = table.Programs.Single(x => x.Name == p.Program).Version;
            text.Append(CultureInfo.InvariantCulture,
                $"    public static readonly Procedure {p.Name} = new(Programs.{p.Program}, {version}, {p.Number}, \"{p.Name}\", {(p.Slow ? "true" : "false")});\n");
        }
        return text.Append("}\n").ToString();
    }

    private static string Records(Table table, TypeNames types)
    {
        var text = File(usesXdr: true);
        foreach (var s in table.Structs)
            Record(text, types, s.Name, s.Fields, encode: true);
        foreach (var p in table.Procedures.Where(p => p.Kind == "call" && Kept(p.Results).Count > 1))
            Record(text, types, p.Name + "Result", p.Results, encode: false);
        return text.ToString();
    }

    private static void Record(StringBuilder text, TypeNames types, string name, IReadOnlyList<Field> fields, bool encode)
    {
        text.Append(CultureInfo.InvariantCulture, $"\ninternal readonly record struct {name}({Parameters(types, Kept(fields), pascal: true)})\n{{\n");
        text.Append(CultureInfo.InvariantCulture, $"    public const int MinimumSize = {fields.Sum(types.MinimumSize)};\n\n");
        Decode(text, types, name, fields);
        if (encode)
        {
            text.Append("\n    public void Encode(XdrWriter writer)\n    {\n");
            foreach (var f in fields)
                text.Append(CultureInfo.InvariantCulture, $"        {types.Write(f, TypeNames.Pascal(f.Name))};\n");
            text.Append("    }\n");
        }
        text.Append("}\n");
    }

    private static void Decode(StringBuilder text, TypeNames types, string name, IReadOnlyList<Field> fields)
    {
        text.Append(CultureInfo.InvariantCulture, $"    public static {name} Decode(ref XdrReader reader)\n    {{\n");
        foreach (var f in fields)
        {
            var target = f.Name == "_" ? "_" : $"var {TypeNames.Local(f.Name)}";
            text.Append(CultureInfo.InvariantCulture, $"        {target} = {types.Read(f)};\n");
        }
        var names = string.Join(", ", Kept(fields).Select(f => TypeNames.Local(f.Name)));
        text.Append(CultureInfo.InvariantCulture, $"        return new {name}({names});\n    }}\n");
    }

    private static string Events(Table table, TypeNames types)
    {
        var events = table.Procedures.Where(p => p.Kind == "event").ToList();
        var text = File(usesXdr: true);
        text.Append("\ninternal static class EventDecoder\n{\n");
        text.Append("    /// <summary>The event of a message of the remote program; null for one that the table does not have.</summary>\n");
        text.Append("    public static LibvirtEvent? Decode(int procedure, ref XdrReader reader) => procedure switch\n    {\n");
        foreach (var e in events)
            text.Append(CultureInfo.InvariantCulture, $"        {e.Number} => {e.Name}Event.Decode(ref reader),\n");
        text.Append("        _ => null,\n    };\n}\n");
        foreach (var e in events)
        {
            var ofDomain = e.Arguments.Any(f => f is { Name: "domain", Base: "DomainRef" });
            var parent = ofDomain ? "DomainEvent(Domain)" : "LibvirtEvent";
            text.Append(CultureInfo.InvariantCulture, $"\ninternal sealed record {e.Name}Event({Parameters(types, e.Arguments, pascal: true)}) : {parent}\n{{\n");
            Decode(text, types, e.Name + "Event", e.Arguments);
            text.Append("}\n");
        }
        return text.ToString();
    }

    private static string Client(Table table, TypeNames types)
    {
        var text = File(usesXdr: true).Append("\ninternal sealed partial class LibvirtClient\n{");
        foreach (var p in table.Procedures)
        {
            if (p.Kind == "call")
                Call(text, types, p);
            else if (p.Kind == "stream")
                StreamArguments(text, types, p);
        }
        return text.Append("}\n").ToString();
    }

    private static void Call(StringBuilder text, TypeNames types, Procedure p)
    {
        var results = Kept(p.Results);
        var (task, decoder) = results.Count switch
        {
            0 when p.Results.Count == 0 => ("Task", "null"),
            1 => ($"Task<{types.CSharp(results[0])}>", Decoder(types, p)),
            _ => ($"Task<{p.Name}Result>", $"{p.Name}Result.Decode"),
        };
        var arguments = Named(p.Arguments);
        var list = Parameters(types, arguments, pascal: false);
        text.Append(CultureInfo.InvariantCulture, $"\n    public {task} {p.Name}Async({list}{(list.Length > 0 ? ", " : "")}CancellationToken cancellationToken)\n    {{\n");
        Arguments(text, types, p);
        var call = decoder == "null"
            ? $"CallAsync(Procedures.{p.Name}, writer, cancellationToken)"
            : $"CallAsync(Procedures.{p.Name}, writer, {decoder}, cancellationToken)";
        text.Append(CultureInfo.InvariantCulture, $"        return {call};\n    }}\n");
    }

    private static string Decoder(TypeNames types, Procedure p)
    {
        if (p.Results.Count == 1)
            return $"static (ref XdrReader reader) => {types.Read(p.Results[0])}";
        var reads = p.Results.Select(f => f.Name == "_" ? $"_ = {types.Read(f)};" : $"var kept = {types.Read(f)};");
        return $"static (ref XdrReader reader) => {{ {string.Join(' ', reads)} return kept; }}";
    }

    private static void StreamArguments(StringBuilder text, TypeNames types, Procedure p)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n    private static XdrWriter {p.Name}Arguments({Parameters(types, Named(p.Arguments), pascal: false)})\n    {{\n");
        Arguments(text, types, p);
        text.Append("        return writer;\n    }\n");
    }

    private static void Arguments(StringBuilder text, TypeNames types, Procedure p)
    {
        text.Append("        var writer = new XdrWriter();\n");
        foreach (var f in p.Arguments)
            text.Append(CultureInfo.InvariantCulture, $"        {types.Write(f, f.Constant ?? TypeNames.Local(f.Name))};\n");
    }

    private static string Parameters(TypeNames types, IEnumerable<Field> fields, bool pascal) =>
        string.Join(", ", fields.Select(f => $"{types.CSharp(f)} {(pascal ? TypeNames.Pascal(f.Name) : TypeNames.Local(f.Name))}"));

    private static List<Field> Kept(IEnumerable<Field> fields) => [.. fields.Where(f => f.Name != "_")];

    private static List<Field> Named(IEnumerable<Field> fields) => [.. fields.Where(f => f.Constant is null)];
}
