using System.Text.Json;

namespace Anyvisor.Cli.Output;

/// <summary>
/// A document as lines of field and value for a person. It knows units and times by the fields' names, and shows
/// fields that it does not know as they are: a newer server hides nothing from an older client.
/// </summary>
internal sealed class FieldLines(Surroundings surroundings)
{
    private const int Indent = 2;

    private static readonly HashSet<string> ByteFields =
        ["memory", "capacity", "available", "size", "allocation", "freeMemory", "disk", "memoryUsed", "memoryResident"];

    private static readonly HashSet<string> RateFields =
        ["diskReadBytes", "diskWriteBytes", "networkReceiveBytes", "networkTransmitBytes"];

    private static readonly HashSet<string> StateFields = ["power", "state", "presence", "severity"];

    internal void Write(JsonElement document) => Write(document, depth: 0);

    private void Write(JsonElement document, int depth)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            Line(depth, 0, "", document.Text());
            return;
        }
        var shown = document.EnumerateObject().Where(static p => !IsEmpty(p.Value)).ToList();
        var width = shown.Where(static p => IsScalar(p.Value)).Select(static p => p.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var property in shown)
            if (property.NameEquals("actions") && property.Value.ValueKind == JsonValueKind.Object)
                WriteActions(property.Value, depth, width);
            else if (IsScalar(property.Value))
                Line(depth, width, property.Name, Humanize(property.Name, property.Value));
            else
                WriteNested(property, depth);
    }

    private void WriteNested(JsonProperty property, int depth)
    {
        Line(depth, 0, property.Name, "");
        if (property.Value.ValueKind == JsonValueKind.Object)
        {
            Write(property.Value, depth + 1);
            return;
        }
        foreach (var item in property.Value.EnumerateArray())
            Line(depth + 1, 0, "", Summary(item));
    }

    /// <summary>One line for an item of an array: its name, then the rest.</summary>
    private string Summary(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
            return item.Text();
        var parts = item.EnumerateObject().Where(static p => !IsEmpty(p.Value)).Select(p => p.Name is "name" or "at" ? Humanize(p.Name, p.Value) : $"{p.Name} {Humanize(p.Name, p.Value)}");
        return string.Join("  ", parts);
    }

    private void WriteActions(JsonElement actions, int depth, int width)
    {
        var verbs = actions.EnumerateObject().ToList();
        var allowed = verbs.Where(static v => v.Value.Field("allowed").ValueKind == JsonValueKind.True).Select(static v => Printable.Clean(v.Name)).ToList();
        if (allowed.Count > 0)
            Line(depth, width, "can", string.Join(", ", allowed));
        var refused = verbs.Where(static v => v.Value.Field("allowed").ValueKind == JsonValueKind.False).ToList();
        if (refused.Count == 0)
            return;
        Line(depth, 0, "cannot", "");
        var verbWidth = refused.Max(static v => v.Name.Length);
        foreach (var verb in refused)
            Line(depth + 1, verbWidth, verb.Name, verb.Value.Field("reason").Text("text"));
    }

    private string Humanize(string field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
        {
            if (ByteFields.Contains(field))
                return $"{Words.Bytes(number)} ({value.GetRawText()})";
            if (RateFields.Contains(field))
                return Words.Bytes(number) + "/s";
        }
        if (value.ValueKind == JsonValueKind.String && IsTime(field) && value.TryGetDateTimeOffset(out var at))
            return $"{Printable.Clean(value.GetString()!)} ({Words.Ago(at, surroundings.Time)})";
        var text = value.Text();
        return StateFields.Contains(field) && surroundings.Colours ? StateColours.Paint(text, text) : text;
    }

    private static bool IsTime(string field) => field is "at" || field.EndsWith("At", StringComparison.Ordinal) || field.EndsWith("Since", StringComparison.Ordinal);

    private void Line(int depth, int width, string name, string value)
    {
        var label = name.Length == 0 ? "" : Printable.Clean(name).PadRight(width) + (value.Length == 0 ? ":" : "  ");
        surroundings.Out.Write(new string(' ', depth * Indent));
        surroundings.Out.Write(label);
        surroundings.Out.Write(value);
        surroundings.Out.Write('\n');
    }

    private static bool IsScalar(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => false,
            JsonValueKind.Array => value.EnumerateArray().All(static item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)),
            _ => true,
        };

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => true,
            JsonValueKind.Array => value.GetArrayLength() == 0,
            JsonValueKind.Object => !value.EnumerateObject().Any(),
            JsonValueKind.String => value.ValueEquals(""u8),
            _ => false,
        };
}
