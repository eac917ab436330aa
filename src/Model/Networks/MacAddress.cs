using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anyvisor.Model;

/// <summary>A 48-bit hardware address, held in eight bytes and written <c>52:54:00:12:34:56</c>.</summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Reads colon, hyphen, dot or no separators, in either case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        if (text is null)
            return false;
        ulong value = 0;
        var digits = 0;
        foreach (var c in text)
        {
            if (c is ':' or '-' or '.')
                continue;
            if (!char.IsAsciiHexDigit(c) || ++digits > 12)
                return false;
            value = (value << 4) | (uint)(char.IsAsciiDigit(c) ? c - (int)'0' : (c | 0x20) - 'a' + 10);
        }
        if (digits != 12)
            return false;
        address = new MacAddress(value);
        return true;
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Value >> 40) & 0xff:x2}:{(Value >> 32) & 0xff:x2}:{(Value >> 24) & 0xff:x2}:{(Value >> 16) & 0xff:x2}:{(Value >> 8) & 0xff:x2}:{Value & 0xff:x2}"
        );

    internal sealed class JsonText : JsonConverter<MacAddress>
    {
        public override MacAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var address)
                ? address
                : throw new JsonException("A MAC address has twelve hexadecimal digits, as in 52:54:00:12:34:56.");

        public override void Write(Utf8JsonWriter writer, MacAddress value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
