using System.Globalization;
using Anyvisor.Model;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Json;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Anyvisor.Server.OpenApi;

/// <summary>Adds to each operation what its route's metadata says: parameters, roles, errors.</summary>
internal sealed class OperationShape : IOpenApiOperationTransformer
{
    internal static readonly Dictionary<int, string> Errors = new()
    {
        [400] = "The request is malformed: the detail says where and what was expected.",
        [401] = "No valid token or session.",
        [403] = "The token's role does not allow it.",
        [404] = "There is no such object.",
        [409] = "A name is ambiguous, or the object's state or another task is in the way: see candidates.",
        [410] = "The position is no longer kept: read the lists again, then subscribe without one.",
        [413] = "The body is too large.",
        [422] = "This system, its version or its capacity does not allow it.",
        [429] = "Too many failed sign-ins.",
        [503] = "The provider does not answer, or the server stops.",
    };

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path))
            parameter.Description ??= PathHelp(parameter.Name, context.Description.RelativePath ?? "");
        foreach (var parameter in metadata.OfType<QueryParameters>().SelectMany(parameters => parameters.All))
            operation.Parameters.Add(Shape(parameter));
        if (metadata.OfType<BodyDescription>().LastOrDefault() is { } body)
            operation.RequestBody = await BodyAsync(body, context, cancellationToken);
        if (metadata.OfType<UploadDescription>().Any())
            operation.RequestBody = Upload();
        if (metadata.OfType<EventStreamAnswer>().Any())
            AddEvents(operation, context);
        Access(operation, metadata.OfType<RequiredRole>().LastOrDefault(), context);
        AddErrors(operation, metadata, context);
    }

    private static string PathHelp(string? name, string path) =>
        name switch
        {
            "sid" => "The snapshot's id or name.",
            "kind" => "`vnc` or `serial`.",
            _ when path.Contains("providers/", StringComparison.Ordinal) => "The provider's name.",
            _ when path.Contains("tasks/", StringComparison.Ordinal) => "The task's id.",
            _ when path.Contains("tokens/", StringComparison.Ordinal) => "The token's name.",
            _ => "An id, a NAME, or PROVIDER/NAME with the slash as %2F.",
        };

    private static OpenApiParameter Shape(QueryParameter parameter) =>
        new()
        {
            Name = parameter.Name,
            In = parameter.Header ? ParameterLocation.Header : ParameterLocation.Query,
            Description = parameter.Help,
            Required = parameter.Required,
            Schema = new OpenApiSchema
            {
                Type = parameter.Type switch
                {
                    "integer" => JsonSchemaType.Integer,
                    "number" => JsonSchemaType.Number,
                    "boolean" => JsonSchemaType.Boolean,
                    _ => JsonSchemaType.String,
                },
                Minimum = parameter.Least?.ToString(CultureInfo.InvariantCulture),
                Maximum = parameter.Most?.ToString(CultureInfo.InvariantCulture),
            },
        };

    private static async Task<OpenApiRequestBody> BodyAsync(BodyDescription body, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancellationToken);
        context.Document!.AddComponent(body.Type.Name, schema);
        return new OpenApiRequestBody
        {
            Required = !body.Optional,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new() { Schema = new OpenApiSchemaReference(body.Type.Name, context.Document) },
            },
        };
    }

    private static OpenApiRequestBody Upload()
    {
        var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var form = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string>(StringComparer.Ordinal) { "file" },
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["file"] = file },
        };
        return new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/octet-stream"] = new() { Schema = file },
                ["multipart/form-data"] = new() { Schema = form },
            },
        };
    }

    private static void Access(OpenApiOperation operation, RequiredRole? role, OpenApiOperationTransformerContext context)
    {
        if (role is null)
            return;
        operation.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentShape.Bearer, context.Document)] = [] },
        ];
        var word = EnumWords.Of(role.Role);
        operation.Description = string.IsNullOrEmpty(operation.Description)
            ? $"Needs the role `{word}`."
            : $"{operation.Description} Needs the role `{word}`.";
    }

    private static void AddEvents(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var answer = (OpenApiResponse)operation.Responses!["200"];
        answer.Description =
            "A stream that does not end by itself. Each event: `id: SEQUENCE`, `event: added|changed|removed|task|provider|notice`, `data: ` and an Event as one line of JSON. "
            + "`event: end` with `{position, reason}` before the server closes the stream. With `limit` a page of JSON instead.";
        answer.Content!["text/event-stream"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(Event), context.Document) };
    }

    private static void AddErrors(OpenApiOperation operation, IList<object> metadata, OpenApiOperationTransformerContext context)
    {
        foreach (var status in Statuses(operation, metadata))
            operation.Responses![status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponseReference(NameOf(status), context.Document);
    }

    /// <summary>The name of an error among the document's components.</summary>
    internal static string NameOf(int status) => string.Create(CultureInfo.InvariantCulture, $"Problem{status}");

    private static IEnumerable<int> Statuses(OpenApiOperation operation, IList<object> metadata)
    {
        var work = metadata.OfType<AuditAction>().LastOrDefault();
        yield return 400;
        yield return 401;
        if (metadata.OfType<RequiredRole>().Any())
            yield return 403;
        if (operation.Parameters!.Any(parameter => parameter.In == ParameterLocation.Path))
        {
            yield return 404;
            yield return 409;
        }
        else if (work is not null)
            yield return 409;
        if (metadata.OfType<EventStreamAnswer>().Any())
            yield return 410;
        if (operation.RequestBody is not null)
            yield return 413;
        if (work is { ByTask: true })
            yield return 422;
        yield return 429;
        if (work is not null)
            yield return 503;
    }
}
