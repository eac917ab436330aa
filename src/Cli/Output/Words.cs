using System.Globalization;
using System.Text.Json;

namespace Anyvisor.Cli.Output;

/// <summary>Reads fields of documents as words for people. What is absent is an empty word.</summary>
internal static class Words
{
    internal static JsonElement Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    internal static string Text(this JsonElement element, string name) => Text(element.Field(name));

    internal static string Text(this JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => Printable.Clean(value.GetString()!),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(static item => Text(item))),
            JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(static p => $"{Printable.Clean(p.Name)}={Text(p.Value)}")),
            _ => "",
        };

    internal static string Bytes(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var bytes) ? Bytes(bytes) : "";

    /// <summary>Bytes in IEC units, with at most one decimal.</summary>
    internal static string Bytes(double bytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        var unit = 0;
        for (; unit < units.Length - 1 && Math.Abs(bytes) >= 1024; unit++)
            bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }

    internal static string Percent(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var share)
            ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %")
            : "";

    /// <summary>How long ago a time was: <c>3m</c>, <c>2d</c>.</summary>
    internal static string Ago(this JsonElement element, string name, TimeProvider time) =>
        element.Field(name) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out var at) ? Ago(at, time) : "";

    internal static string Ago(DateTimeOffset at, TimeProvider time)
    {
        var age = time.GetUtcNow() - at;
        // A clock that is a little ahead of ours does not see the future.
        if (age < TimeSpan.FromSeconds(1) && age > TimeSpan.FromSeconds(-5))
            return "now";
        return age < TimeSpan.Zero ? "in " + Span(-age) : Span(age) + " ago";
    }

    internal static string Span(TimeSpan span) =>
        span switch
        {
            { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms"),
            { TotalSeconds: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0}s"),
            { TotalMinutes: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0}m"),
            { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0}h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0}d"),
        };
}
