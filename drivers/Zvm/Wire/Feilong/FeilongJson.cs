using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Zvm.Wire.Feilong;

/// <summary>Reads what may be there, as a number or as text: the connector passes on what tools print.</summary>
internal static class FeilongJson
{
    internal static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? Text(value) : null;

    internal static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Guarded(value, static text => text.GetString()),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    /// <summary>A whole number; a fraction is cut.</summary>
    internal static long? Number(JsonElement of, string name) => Decimal(of, name) is { } number && number is >= long.MinValue and <= long.MaxValue ? (long)number : null;

    internal static decimal? Decimal(JsonElement of, string name) =>
        Text(of, name) is { } text && decimal.TryParse(text.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static ImmutableArray<string> Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Text).OfType<string>()] : [];

    internal static IEnumerable<JsonElement> Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>An object's fields by name.</summary>
    internal static IEnumerable<(string Name, JsonElement Value)> Fields(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Select(field => (Guarded(field, static known => known.Name), field.Value)) : [];

    /// <summary>A text that is no Unicode shows only when it is read.</summary>
    private static TText Guarded<T, TText>(T of, Func<T, TText> read)
    {
        try
        {
            return read(of);
        }
        catch (InvalidOperationException e)
        {
            throw new ProviderException(ProviderError.ProtocolViolation, $"The z/VM cloud connector's answer holds a text that is no Unicode: {e.GetBaseException().Message}", e);
        }
    }
}
