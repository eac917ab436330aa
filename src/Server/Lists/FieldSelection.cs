using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Server.Json;

namespace Anyvisor.Server.Lists;

/// <summary>
/// Writes chosen fields of a record alone: <c>name,power,os.family,disks.capacity</c>. Uses the serializer's metadata,
/// so nothing is written that is then thrown away.
/// </summary>
internal sealed class FieldSelection<T>
{
    private readonly ImmutableArray<Field> _fields;

    private sealed record Field(JsonPropertyInfo Property, JsonTypeInfo Type, JsonEncodedText Name, Paths? Inner);

    private FieldSelection(ImmutableArray<Field> fields) => _fields = fields;

    /// <summary>Whether the field is among the chosen.</summary>
    internal bool Contains(string name) => _fields.Any(field => field.Property.Name == name);

    /// <exception cref="CommandException">There is no such field.</exception>
    internal static FieldSelection<T>? Parse(string? text, JsonTypeInfo<T> type)
    {
        if (text is null)
            return null;
        var wanted = Paths.Parse(text);
        var fields = ImmutableArray.CreateBuilder<Field>();
        foreach (var (name, inner) in wanted.Children)
        {
            var property = type.Properties.FirstOrDefault(property => property.Name == name) ?? throw Unknown(name, type);
            fields.Add(
                new Field(
                    property,
                    type.Options.GetTypeInfo(property.PropertyType),
                    JsonEncodedText.Encode(property.Name),
                    inner.Children.Count == 0 ? null : inner
                )
            );
        }
        return new FieldSelection<T>(fields.DrainToImmutable());
    }

    internal void Write(Utf8JsonWriter writer, T value)
    {
        writer.WriteStartObject();
        foreach (var field in _fields)
        {
            if (field.Property.Get!(value!) is not { } part)
                continue;
            if (field.Inner is null)
            {
                writer.WritePropertyName(field.Name);
                JsonSerializer.Serialize(writer, part, field.Type);
                continue;
            }
            var element = JsonSerializer.SerializeToElement(part, field.Type);
            writer.WritePropertyName(field.Name);
            field.Inner.Write(writer, element);
        }
        writer.WriteEndObject();
    }

    private static CommandException Unknown(string name, JsonTypeInfo type)
    {
        var names = type.Properties.Select(property => property.Name).ToImmutableArray();
        return ProblemFactory.Invalid(
            $"fields: there is no field '{name}'.{Nearest.Hint(name, names)} Known are {string.Join(", ", names)}.",
            NearestNames.To(name, names)
        );
    }
}
