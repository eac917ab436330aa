using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Model.Json;
using Anyvisor.Server.Json;
using Anyvisor.Server.Security;

namespace Anyvisor.Server.Tasks;

/// <summary>What all routes that make a task have in common: who asks and how, and the two forms of the answer.</summary>
internal static class AskReader
{
    /// <param name="http">The request.</param>
    /// <param name="taken">Further parameters that the route takes.</param>
    internal static Ask Read(HttpContext http, params ReadOnlySpan<string> taken)
    {
        QueryText.RequireKnown(http.Request, ["dryRun", "queue", .. taken]);
        return Make(http) with { Queue = QueryText.Flag(http.Request, "queue") };
    }

    /// <summary>For what is done when it is answered, and so never stands in line.</summary>
    internal static Ask ReadWithoutQueue(HttpContext http)
    {
        QueryText.RequireKnown(http.Request, "dryRun");
        return Make(http);
    }

    private static Ask Make(HttpContext http) =>
        new(http.Caller())
        {
            IdempotencyKey = http.Request.Headers["Idempotency-Key"] switch
            {
                [] => null,
                [{ } key] => RequestKeys.Valid(key),
                _ => throw ProblemFactory.Invalid("The header Idempotency-Key is given more than once."),
            },
            DryRun = QueryText.Flag(http.Request, "dryRun"),
        };

    /// <summary>202 with the task, or 200 with the plan of a dry run.</summary>
    internal static Task WriteAsync(HttpContext http, CommandAnswer answer) =>
        answer.Task is { } task ? JsonAnswer.AcceptedAsync(http, task) : JsonAnswer.OkAsync(http, answer.Plan!, ModelJson.Default.Plan);
}
