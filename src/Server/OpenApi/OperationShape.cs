using System.Globalization;
using Anyvisor.Model;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Json;
using Anyvisor.Server.Problems;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Anyvisor.Server.OpenApi;

/// <summary>Adds to each operation what its route's metadata says: parameters, roles, errors.</summary>
internal sealed class OperationShape : IOpenApiOperationTransformer
{
    private static readonly Dictionary<int, string> Errors = new()
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
        if (metadata.OfType<EventStreamAnswer>().Any())
            operation.Responses = await EventsAsync(context, cancellationToken);
        Access(operation, metadata.OfType<RequiredRole>().LastOrDefault(), context);
        await AddErrorsAsync(operation, metadata, context, cancellationToken);
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

    private static async Task<OpenApiResponses> EventsAsync(OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(Event), null, cancellationToken);
        context.Document!.AddComponent(nameof(Event), schema);
        return new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description =
                    "A stream that does not end by itself. Each event: `id: SEQUENCE`, `event: added|changed|removed|task|provider|notice`, `data: ` and an Event as one line of JSON. "
                    + "`event: end` with `{position, reason}` before the server closes the stream.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["text/event-stream"] = new() { Schema = new OpenApiSchemaReference(nameof(Event), context.Document) },
                },
            },
        };
    }

    private static async Task AddErrorsAsync(
        OpenApiOperation operation,
        IList<object> metadata,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken);
        context.Document!.AddComponent(nameof(Problem), schema);
        operation.Responses ??= [];
        foreach (var status in Statuses(operation, metadata))
            operation.Responses.TryAdd(
                status.ToString(CultureInfo.InvariantCulture),
                new OpenApiResponse
                {
                    Description = Errors[status],
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                    {
                        [ProblemWriter.ContentType] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), context.Document) },
                    },
                }
            );
    }

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
