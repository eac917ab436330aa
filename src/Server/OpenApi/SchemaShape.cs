using Anyvisor.Model;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Anyvisor.Server.OpenApi;

/// <summary>Describes the types that write themselves as text, which the generator can't see into.</summary>
internal sealed class SchemaShape : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(ObjectId))
            Text(schema, "Ours, opaque and stable.", "^[0-9a-hjkmnp-tv-z]{26}$");
        else if (type == typeof(NativeId))
            Text(schema, "The system's own durable identity.", null);
        else if (type == typeof(MacAddress))
            Text(schema, "A hardware address.", "^([0-9a-f]{2}:){5}[0-9a-f]{2}$");
        return Task.CompletedTask;
    }

    private static void Text(OpenApiSchema schema, string description, string? pattern)
    {
        schema.Type = JsonSchemaType.String;
        schema.Description = description;
        schema.Pattern = pattern;
    }
}
