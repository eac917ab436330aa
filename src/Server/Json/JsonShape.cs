using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Server.Json;

/// <summary>
/// Compares a JSON value with the shape that a request has, by the serializer's own metadata, so that the first
/// difference can be told in words.
/// </summary>
internal static class JsonShape
{
    /// <exception cref="CommandException">It differs: the detail names path, expectation and nearest field.</exception>
    internal static void Check(JsonElement value, JsonTypeInfo type, string path = "$")
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(value, type, path);
                break;
            case JsonTypeInfoKind.Dictionary:
                Expect(value, JsonValueKind.Object, "an object of names and values", path);
                foreach (var member in value.EnumerateObject())
                    CheckNullable(member.Value, Element(type), nullable: true, $"{path}.{member.Name}");
                break;
            case JsonTypeInfoKind.Enumerable:
                Expect(value, JsonValueKind.Array, "an array", path);
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    CheckNullable(item, Element(type), nullable: false, $"{path}[{index++}]");
                break;
            default:
                CheckScalar(value, type.Type, path);
                break;
        }
    }

    private static JsonTypeInfo Element(JsonTypeInfo type) => type.Options.GetTypeInfo(type.ElementType!);

    private static void CheckObject(JsonElement value, JsonTypeInfo type, string path)
    {
        Expect(value, JsonValueKind.Object, "an object", path);
        foreach (var member in value.EnumerateObject())
        {
            var known = type.Properties.FirstOrDefault(property => property.Name == member.Name) ?? throw Unknown(member.Name, type, path);
            CheckNullable(member.Value, type.Options.GetTypeInfo(known.PropertyType), known.IsSetNullable, $"{path}.{member.Name}");
        }
        foreach (var property in type.Properties)
            if (property.IsRequired && !value.TryGetProperty(property.Name, out _))
                throw ProblemFactory.Invalid(
                    $"At {path}: '{property.Name}' is missing. It is required, and is {Expectation(property.PropertyType)}."
                );
    }

    private static CommandException Unknown(string name, JsonTypeInfo type, string path)
    {
        var names = type.Properties.Select(property => property.Name).ToImmutableArray();
        var near = NearestNames.To(name, names);
        return ProblemFactory.Invalid(
            $"At {path}: there is no field '{name}'.{Nearest.Hint(name, names)} Known are {string.Join(", ", names)}.",
            near
        );
    }

    private static void CheckNullable(JsonElement value, JsonTypeInfo type, bool nullable, string path)
    {
        if (value.ValueKind != JsonValueKind.Null)
            Check(value, type, path);
        else if (!nullable && Nullable.GetUnderlyingType(type.Type) is null)
            throw ProblemFactory.Invalid($"At {path}: expected {Expectation(type.Type)}, got null.");
    }

    private static void CheckScalar(JsonElement value, Type declared, string path)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var fits = Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => value.ValueKind == JsonValueKind.String && Words(type).Contains(value.GetString()!),
            TypeCode.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            TypeCode.Int32 => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
            TypeCode.Int64 => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            TypeCode.Double or TypeCode.Decimal => value.ValueKind == JsonValueKind.Number,
            TypeCode.DateTime => value.ValueKind == JsonValueKind.String && value.TryGetDateTime(out _),
            TypeCode.String => value.ValueKind == JsonValueKind.String,
            _ => true,
        };
        if (!fits)
            throw ProblemFactory.Invalid(
                $"At {path}: expected {Expectation(type)}, got {Shown(value)}.{(type.IsEnum && value.ValueKind == JsonValueKind.String ? Nearest.Hint(value.GetString()!, Words(type)) : "")}"
            );
    }

    private static void Expect(JsonElement value, JsonValueKind kind, string expectation, string path)
    {
        if (value.ValueKind != kind)
            throw ProblemFactory.Invalid($"At {path}: expected {expectation}, got {Shown(value)}.");
    }

    private static string Expectation(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => $"one of {string.Join(", ", Words(type))}",
            TypeCode.Boolean => "true or false",
            TypeCode.Int32 or TypeCode.Int64 => "a whole number",
            TypeCode.Double or TypeCode.Decimal => "a number",
            TypeCode.DateTime => "a time as in 2026-01-31T12:00:00Z",
            TypeCode.String => "a text",
            _ when type.IsAssignableTo(typeof(System.Collections.IDictionary)) => "an object of names and values",
            _ when type.IsAssignableTo(typeof(System.Collections.IEnumerable)) => "an array",
            _ => "an object",
        };
    }

    // What was sent may be a secret in the wrong place: only its kind is repeated.
    private static string Shown(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => value.TryGetInt64(out _) ? "a whole number" : "a number that is fractional or too large",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            _ => "null",
        };

    private static ImmutableArray<string> Words(Type type) => EnumWords.Of(type);
}
