using Anyvisor.Model;

namespace Anyvisor.Server.OpenApi;

/// <summary>Says about a route what the OpenAPI document needs and the handler does not.</summary>
internal static class RouteDescription
{
    private const string Json = "application/json";

    internal static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string id, string tag, string summary, string? description = null)
    {
        route.WithName(id).WithTags(tag).WithSummary(summary);
        return description is null ? route : route.WithDescription(description);
    }

    internal static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder route, params IReadOnlyList<QueryParameter> parameters) =>
        route.WithMetadata(new QueryParameters(parameters));

    internal static RouteHandlerBuilder TakesList(this RouteHandlerBuilder route, params IReadOnlyList<QueryParameter> more) =>
        route.TakesQuery(
            [QueryParameter.Filter, QueryParameter.Sort, QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Fields, .. more]
        );

    internal static RouteHandlerBuilder TakesBody<T>(this RouteHandlerBuilder route, bool optional = false)
        where T : notnull => route.Accepts<T>(optional, Json);

    internal static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, Json);

    internal static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder route) => route.Produces(StatusCodes.Status204NoContent);

    internal static RouteHandlerBuilder AnswersEventStream(this RouteHandlerBuilder route) => route.WithMetadata(new EventStreamAnswer());

    /// <summary>202 with a task; a dry run answers 200 with a plan.</summary>
    internal static RouteHandlerBuilder AnswersTask(this RouteHandlerBuilder route, params IReadOnlyList<QueryParameter> more) =>
        route
            .TakesQuery([QueryParameter.IdempotencyKey, QueryParameter.DryRun, .. more])
            .Produces<TaskInfo>(StatusCodes.Status202Accepted, Json)
            .Produces<Plan>(StatusCodes.Status200OK, Json);
}

/// <summary>The document generator does not know the wire form of events: it is described by hand.</summary>
internal sealed record EventStreamAnswer;
