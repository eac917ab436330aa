using Anyvisor.Model;
using Anyvisor.Server.Problems;

namespace Anyvisor.Server.OpenApi;

/// <summary>Says about a route what the OpenAPI document needs and the handler does not.</summary>
internal static class RouteDescription
{
    private const string Json = "application/json";

    internal static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string id, string tag, string summary, string? description = null)
    {
        // One error is declared for all: it brings the type into the document, whose shape of errors is written there.
        route.WithName(id).WithTags(tag).WithSummary(summary).Produces<Problem>(StatusCodes.Status400BadRequest, ProblemWriter.ContentType);
        return description is null ? route : route.WithDescription(description);
    }

    internal static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder route, params IReadOnlyList<QueryParameter> parameters) =>
        route.WithMetadata(new QueryParameters(parameters));

    internal static RouteHandlerBuilder TakesList(this RouteHandlerBuilder route, params IReadOnlyList<QueryParameter> more) =>
        route.TakesQuery(
            [QueryParameter.Filter, QueryParameter.Sort, QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Fields, .. more]
        );

    internal static RouteHandlerBuilder TakesBody<T>(this RouteHandlerBuilder route, bool optional = false)
        where T : notnull => route.WithMetadata(new BodyDescription(typeof(T), optional));

    internal static RouteHandlerBuilder TakesUpload(this RouteHandlerBuilder route) => route.WithMetadata(new UploadDescription());

    internal static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, Json);

    internal static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder route) => route.Produces(StatusCodes.Status204NoContent);

    internal static RouteHandlerBuilder AnswersEventStream(this RouteHandlerBuilder route) => route.Answers<Page<Event>>().WithMetadata(new EventStreamAnswer());

    /// <summary>202 with a task; a dry run answers 200 with a plan.</summary>
    internal static RouteHandlerBuilder AnswersTask(this RouteHandlerBuilder route, params IReadOnlyList<QueryParameter> more) =>
        route
            .TakesQuery([QueryParameter.IdempotencyKey, QueryParameter.DryRun, QueryParameter.Queue, .. more])
            .Produces<TaskInfo>(StatusCodes.Status202Accepted, Json)
            .Produces<Plan>(StatusCodes.Status200OK, Json);
}

/// <summary>
/// The body that a route takes. Not the framework's own metadata: that would have the router answer 404 to another
/// content type, where we have words to say.
/// </summary>
internal sealed record BodyDescription(Type Type, bool Optional);

/// <summary>The body is a file.</summary>
internal sealed record UploadDescription;

/// <summary>The document generator does not know the wire form of events: it is described by hand.</summary>
internal sealed record EventStreamAnswer;
