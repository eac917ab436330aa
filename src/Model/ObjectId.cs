using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anyvisor.Model;

/// <summary>
/// Our identity of an object in the inventory: 128 bits derived from its kind, its provider and the system's own
/// durable identity, so the same object has the same id after renames, restarts and a lost database.
/// Written as 26 characters of Crockford's base 32 in lower case.
/// </summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct ObjectId(ulong High, ulong Low) : IComparable<ObjectId>
{
    public const int TextLength = 26;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static ObjectId Derive(ObjectKind kind, string provider, NativeId native)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{provider}\n{native}"), hash);
        return new ObjectId(BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[8..]));
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out ObjectId id)
    {
        id = default;
        if (text is not { Length: TextLength })
            return false;
        UInt128 value = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal);
            if (digit < 0)
                return false;
            value = (value << 5) | (uint)digit;
        }
        id = new ObjectId((ulong)(value >> 64), (ulong)value);
        return string.Equals(id.ToString(), text, StringComparison.OrdinalIgnoreCase);
    }

    public static ObjectId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not an id: an id has {TextLength} letters and digits.");

    public int CompareTo(ObjectId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public static bool operator <(ObjectId left, ObjectId right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectId left, ObjectId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectId left, ObjectId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectId left, ObjectId right) => left.CompareTo(right) >= 0;

    public override string ToString() =>
        string.Create(
            TextLength,
            new UInt128(High, Low),
            static (text, value) =>
            {
                for (var i = TextLength - 1; i >= 0; i--, value >>= 5)
                    text[i] = Alphabet[(int)(value & 31)];
            }
        );

    internal sealed class JsonText : JsonConverter<ObjectId>
    {
        public override ObjectId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var id) ? id : throw new JsonException($"An id has {TextLength} letters and digits.");

        public override void Write(Utf8JsonWriter writer, ObjectId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
