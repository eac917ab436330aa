using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anyvisor.Model;

/// <summary>
/// A system's own durable identity of one of its objects: a UUID, a managed object's id, a userid.
/// A lower-case UUID is held in sixteen bytes, anything else as its text.
/// </summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct NativeId
{
    private readonly string? _text;
    private readonly Guid _uuid;

    public NativeId(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        // Only the canonical spelling round-trips through a Guid; systems that say upper case get it back.
        if (Guid.TryParseExact(text, "D", out var uuid) && !text.AsSpan().ContainsAnyInRange('A', 'F'))
            _uuid = uuid;
        else
            _text = text;
    }

    public NativeId(Guid uuid) => _uuid = uuid;

    public bool IsEmpty => _text is null && _uuid == Guid.Empty;

    /// <summary>The identity as a UUID, where it is one in the usual spelling.</summary>
    public bool TryGetUuid(out Guid uuid)
    {
        uuid = _uuid;
        return _text is null && _uuid != Guid.Empty;
    }

    public override string ToString() => _text ?? _uuid.ToString("D", CultureInfo.InvariantCulture);

    internal sealed class JsonText : JsonConverter<NativeId>
    {
        public override NativeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { Length: > 0 } text ? new NativeId(text) : throw new JsonException("An identity is not empty.");

        public override void Write(Utf8JsonWriter writer, NativeId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
