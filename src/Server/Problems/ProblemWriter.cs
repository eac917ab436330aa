using System.Globalization;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Json;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Anyvisor.Server.Problems;

/// <summary>Every error that leaves the server: the one place where faults become HTTP.</summary>
internal sealed partial class ProblemWriter(ILogger<ProblemWriter> log)
{
    internal const string ContentType = "application/problem+json";

    /// <summary>The outermost middleware: whatever is thrown below is answered as a problem.</summary>
    internal async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested && !TimedOut(http))
        {
            // The caller is gone: there is nobody to tell.
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            var problem = Of(error, http);
            if (problem.Status >= 500 && problem.Type == ProblemTypes.Internal)
                Defect(error, http.Request.Method, http.Request.Path, http.TraceIdentifier);
            http.Response.Clear();
            await WriteAsync(http, problem);
        }
        if (!http.Response.HasStarted && http.Response is { ContentLength: null, ContentType: null } && Bare(http) is { } bare)
            await WriteAsync(http, bare);
    }

    internal static Problem Of(Exception error, HttpContext http) =>
        error switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge(http),
            BadHttpRequestException bad => Make(ProblemTypes.InvalidArgument, "Invalid request", bad.StatusCode, bad.Message),
            OperationCanceledException when TimedOut(http) => Make(
                ProblemTypes.TimedOut,
                "Timed out",
                StatusCodes.Status504GatewayTimeout,
                "The request took longer than its deadline and was given up. Ask for less at a time, or try again."
            ),
            QueryException query => Make(
                ProblemTypes.InvalidArgument,
                "Invalid request",
                StatusCodes.Status400BadRequest,
                $"{EnumWords.Of(query.Part)}: {query.Message}"
            ) with
            {
                Candidates = query.Candidates,
            },
            SubscriptionException { End: SubscriptionEnd.Expired } expired => Make(
                ProblemTypes.NotFound,
                "No longer kept",
                StatusCodes.Status410Gone,
                expired.Message
            ),
            _ => ProblemMap.ToProblem(error),
        };

    /// <summary>Writes a problem; <see cref="Problem.Instance"/> is the request's path where it has none of its own.</summary>
    internal static async Task WriteAsync(HttpContext http, Problem problem)
    {
        var response = http.Response;
        response.StatusCode = problem.Status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        if (problem.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer realm=\"anyvisor\"";
        // The caller may have run into its deadline: the answer is owed all the same.
        if (!HttpMethods.IsHead(http.Request.Method))
            await JsonAnswer.WriteBodyAsync(http, problem, ModelJson.Default.Problem, CancellationToken.None);
    }

    internal static Problem Make(string type, string title, int status, string detail) =>
        new()
        {
            Type = type,
            Title = title,
            Status = status,
            Detail = detail,
        };

    // The framework answers some things by a bare status: those get their words here.
    private static Problem? Bare(HttpContext http)
    {
        var request = http.Request;
        return http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Make(
                ProblemTypes.NotFound,
                "No such route",
                StatusCodes.Status404NotFound,
                $"There is no {request.Method} {request.Path}. The routes are in /openapi/v1.json."
            ),
            StatusCodes.Status405MethodNotAllowed => Make(
                ProblemTypes.InvalidArgument,
                "Method not allowed",
                StatusCodes.Status405MethodNotAllowed,
                $"{request.Path} takes {http.Response.Headers.Allow}, not {request.Method}."
            ),
            StatusCodes.Status413PayloadTooLarge => TooLarge(http),
            StatusCodes.Status415UnsupportedMediaType => Make(
                ProblemTypes.InvalidArgument,
                "Unsupported media type",
                StatusCodes.Status415UnsupportedMediaType,
                $"The body is '{request.ContentType}'; this route takes application/json."
            ),
            StatusCodes.Status504GatewayTimeout => Of(new OperationCanceledException(), http) with { Type = ProblemTypes.TimedOut },
            _ => null,
        };
    }

    internal static Problem TooLarge(long limit) =>
        Make(
            ProblemTypes.TooLarge,
            "Too large",
            StatusCodes.Status413PayloadTooLarge,
            string.Create(CultureInfo.InvariantCulture, $"The body is larger than the {limit} bytes that this route takes.")
        );

    private static Problem TooLarge(HttpContext http)
    {
        var limit = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? 0;
        return TooLarge(limit == JsonBody.Drained ? JsonBody.Limit : limit);
    }

    private static bool TimedOut(HttpContext http) =>
        http.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true;
}
