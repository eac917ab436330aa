using System.Text.Json;
using Anyvisor.Core.Problems;

namespace Anyvisor.Server.Lists;

/// <summary>Dotted names as a tree. Below the first level names are data (tags, actions), so an absent one is no error.</summary>
internal sealed class Paths
{
    private const int MostPaths = 100;
    private const int DeepestPath = 8;

    public Dictionary<string, Paths> Children { get; } = new(StringComparer.Ordinal);

    internal static Paths Parse(string text)
    {
        var root = new Paths();
        var paths = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (paths.Length is 0 or > MostPaths)
            throw ProblemFactory.Invalid($"fields takes 1 to {MostPaths} names by comma, as in name,power,os.family.");
        foreach (var path in paths)
        {
            var names = path.Split('.');
            if (names.Length > DeepestPath || names.Contains(""))
                throw ProblemFactory.Invalid($"fields: '{path}' is not a name, or names by dots as in os.family.");
            var at = root;
            foreach (var name in names)
                at = at.Children.TryGetValue(name, out var next) ? next : at.Children[name] = new Paths();
        }
        return root;
    }

    internal void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when Children.Count > 0:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                    if (Children.TryGetValue(member.Name, out var inner))
                    {
                        writer.WritePropertyName(member.Name);
                        inner.Write(writer, member.Value);
                    }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array when Children.Count > 0:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
