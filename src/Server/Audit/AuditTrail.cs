using Anyvisor.Core.Access;
using Anyvisor.Core.Store;
using Anyvisor.Server.Json;
using Anyvisor.Server.Problems;
using Anyvisor.Server.Security;

namespace Anyvisor.Server.Audit;

/// <summary>How a route's changes are called in the audit log.</summary>
/// <param name="Action">As in <c>provider.add</c>.</param>
/// <param name="ByTask">The task that it makes writes its own lines, in the transaction that makes the task.</param>
internal sealed record AuditAction(string Action, bool ByTask);

/// <summary>
/// Writes down every change that somebody asks for: before it is done, and again with what became of it. Where the
/// first line can't be written, nothing is done.
/// </summary>
internal sealed partial class AuditTrail(AuditLog audit, ILogger<AuditTrail> log)
{
    private static readonly object TargetKey = new();
    private static readonly object AcceptedKey = new();

    /// <summary>Names what the request is about, once it is known better than from the path.</summary>
    internal static void Target(HttpContext http, string target) => http.Items[TargetKey] = target;

    /// <summary>Writes that the change is about to be made: to be called just before it is.</summary>
    /// <exception cref="StoreException">It is not written down, so it must not be done.</exception>
    internal async Task AcceptAsync(HttpContext http, string target)
    {
        Target(http, target);
        var action = http.GetEndpoint()!.Metadata.GetRequiredMetadata<AuditAction>();
        await audit.AppendAsync(Entry(http, action, "accepted", null), http.RequestAborted);
        http.Items[AcceptedKey] = true;
    }

    /// <summary>Around every route: writes what became of it.</summary>
    internal async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<AuditAction>() is not { ByTask: false } action || QueryText.Flag(http.Request, "dryRun"))
        {
            await next(http);
            return;
        }
        try
        {
            await next(http);
        }
        catch (Exception error)
        {
            var problem = ProblemWriter.Of(error, http);
            await ConcludeAsync(Entry(http, action, problem.Status < 500 ? "refused" : "failed", problem.Detail));
            throw;
        }
        if (http.Items.ContainsKey(AcceptedKey))
            await ConcludeAsync(Entry(http, action, "done", null));
    }

    /// <summary>Writes down what is no change of ours but lets the caller change something.</summary>
    /// <exception cref="StoreException">It is not written down, so it must not be allowed.</exception>
    internal Task NoteAsync(Caller caller, string action, string target, CancellationToken cancellationToken) =>
        audit.AppendAsync(new AuditEntry(caller.Name, action, "accepted") { Target = target, From = caller.From }, cancellationToken);

    /// <summary>A change that the caller's role does not allow.</summary>
    internal Task RefusedAsync(HttpContext http, string detail) =>
        http.GetEndpoint()?.Metadata.GetMetadata<AuditAction>() is { } action
            ? ConcludeAsync(Entry(http, action, "refused", detail))
            : Task.CompletedTask;

    // What is done is done, and the line that allowed it is written: a failure here must not tell the caller otherwise.
    private async Task ConcludeAsync(AuditEntry entry)
    {
        try
        {
            await audit.AppendAsync(entry, CancellationToken.None);
        }
        catch (StoreException error)
        {
            OutcomeLost(error, entry.Action, entry.Outcome, entry.Actor);
        }
    }

    private static AuditEntry Entry(HttpContext http, AuditAction action, string outcome, string? detail)
    {
        var caller = SignedIn.Find(http)?.Caller;
        return new AuditEntry(caller?.Name ?? "nobody", action.Action, outcome)
        {
            Target = http.Items[TargetKey] as string ?? http.Request.RouteValues["id"] as string,
            From = SignedIn.Address(http),
            Detail = detail,
        };
    }
}

internal static class AuditExtensions
{
    /// <summary>A change that is done when it is answered.</summary>
    internal static TBuilder Audited<TBuilder>(this TBuilder route, string action)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new AuditAction(action, ByTask: false));

    /// <summary>A change that a task does.</summary>
    internal static TBuilder AuditedByTask<TBuilder>(this TBuilder route, string action)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new AuditAction(action, ByTask: true));
}
