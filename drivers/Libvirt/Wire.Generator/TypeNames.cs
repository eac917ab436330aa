using System.Globalization;

namespace Anyvisor.Drivers.Libvirt.Wire.Generator;

/// <summary>How each type of the table is named, read, written and bounded in C#.</summary>
internal sealed class TypeNames(Table table)
{
    private static readonly HashSet<string> Keywords = ["event", "base", "params", "in", "out", "from", "string"];

    // name -> (C# type, method of reader and writer, least size on the wire)
    private static readonly Dictionary<string, (string CSharp, string Method, int Size)> Simple = new(StringComparer.Ordinal)
    {
        ["int"] = ("int", "Int", 4),
        ["uint"] = ("uint", "UInt", 4),
        ["long"] = ("long", "Long", 8),
        ["ulong"] = ("ulong", "ULong", 8),
        ["byte"] = ("byte", "Byte", 4),
        ["ushort"] = ("ushort", "UShort", 4),
        ["flag"] = ("bool", "Flag", 4),
        ["string"] = ("string", "String", 4),
        ["uuid"] = ("Guid", "Uuid", 16),
    };

    public string CSharp(Field f) => f switch
    {
        { Base: "chars" or "bytes" } => "byte[]",
        { Base: "text" } => "string",
        { Bound: not null } => $"{Element(f)}[]",
        { Optional: true } => Element(f) + "?",
        _ => Element(f),
    };

    public string Read(Field f) => f switch
    {
        { Base: "text", Bound: var n } when IsDigits(n) => $"reader.FixedText({n})",
        { Base: "chars" or "bytes" or "text" } => $"reader.{Pascal(f.Base)}({Limit(f)})",
        { Base: "TypedParameter" } => $"reader.TypedParameters({Limit(f)})",
        { Base: "string", Bound: not null } => $"reader.Strings({Limit(f)})",
        { Bound: not null } when Simple.TryGetValue(f.Base, out var s) =>
            $"reader.List({Limit(f)}, {s.Size}, static (ref XdrReader r) => r.{s.Method}())",
        { Bound: not null } => $"reader.List({Limit(f)}, {f.Base}.MinimumSize, {f.Base}.Decode)",
        { Base: "string", Optional: true } => "reader.OptionalString()",
        { Optional: true } => $"reader.Flag() ? {f.Base}.Decode(ref reader) : default({f.Base}?)",
        _ when Simple.TryGetValue(f.Base, out var s) => $"reader.{s.Method}()",
        _ => $"{f.Base}.Decode(ref reader)",
    };

    public string Write(Field f, string value) => f switch
    {
        { Base: "chars" or "bytes" } => $"writer.{Pascal(f.Base)}({value}, {Limit(f)})",
        { Base: "TypedParameter" } => $"writer.TypedParameters({value}, {Limit(f)})",
        { Bound: not null } when Simple.TryGetValue(f.Base, out var s) =>
            $"writer.List({value}, {Limit(f)}, static (w, x) => w.{s.Method}(x))",
        { Bound: not null } => $"writer.List({value}, {Limit(f)}, static (w, x) => x.Encode(w))",
        { Base: "string", Optional: true } => $"writer.OptionalString({value})",
        { Optional: true } => $"writer.Optional({value}, static (w, x) => x.Encode(w))",
        _ when Simple.TryGetValue(f.Base, out var s) => $"writer.{s.Method}({value})",
        _ => $"{value}.Encode(writer)",
    };

    public int MinimumSize(Field f) => f switch
    {
        { Base: "text", Bound: var n } when IsDigits(n) => 4 * int.Parse(n!, CultureInfo.InvariantCulture),
        { Bound: not null } or { Optional: true } => 4,
        _ when Simple.TryGetValue(f.Base, out var s) => s.Size,
        _ => table.Structs.Single(s => s.Name == f.Base).Fields.Sum(MinimumSize),
    };

    /// <summary>SOME_NAME or someName to SomeName.</summary>
    public static string Pascal(string name) => name.Contains('_', StringComparison.Ordinal) || name.All(char.IsUpper)
        ? string.Concat(name.Split('_').Select(w => w[..1] + w[1..].ToLowerInvariant()))
        : char.ToUpperInvariant(name[0]) + name[1..];

    public static string Local(string name) => Keywords.Contains(name) ? "@" + name : name;

    private string Element(Field f)
    {
        if (Simple.TryGetValue(f.Base, out var simple))
            return simple.CSharp;
        if (f.Base != "TypedParameter" && table.Structs.All(s => s.Name != f.Base))
            throw new FormatException($"no type '{f.Base}' (of '{f.Name}')");
        return f.Base;
    }

    private string Limit(Field f)
    {
        if (table.Limits.All(l => l.Name != f.Bound))
            throw new FormatException($"no limit '{f.Bound}' (of '{f.Name}')");
        return "Limits." + Pascal(f.Bound!);
    }

    private static bool IsDigits(string? text) => text is { Length: > 0 } && text.All(char.IsAsciiDigit);
}
