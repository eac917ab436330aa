using System.Globalization;
using Anyvisor.Core.Access;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Inventory;
using Anyvisor.Server.Json;
using Anyvisor.Server.Lists;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Anyvisor.Server.Tasks;

/// <summary><c>/tasks</c>: what is being done, and how it ended.</summary>
internal static class TaskRoutes
{
    private const double LongestWait = 60;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/tasks", ListAsync)
            .Demand(Role.Viewer)
            .Describe("listTasks", "Tasks", "List tasks, newest first", "Without their logs and items, which one task shows.")
            .TakesQuery(
                QueryParameter.Text("state", "Only those in this state."),
                QueryParameter.Text("target", "Only those that work on this guest, or on what has this id."),
                QueryParameter.Text("parent", "Only those that are part of this bulk task."),
                QueryParameter.Limit,
                QueryParameter.Cursor,
                QueryParameter.Fields
            )
            .Answers<Page<TaskInfo>>();
        api.MapGet("/tasks/{id}", ShowAsync)
            .Demand(Role.Viewer)
            .WithMetadata(new DisableRequestTimeoutAttribute())
            .Describe("getTask", "Tasks", "Show one task", "With `wait` the answer is held back until the task has ended, or the time is over.")
            .TakesQuery(QueryParameter.Wait, QueryParameter.Fields)
            .Answers<TaskInfo>();
        api.MapPost("/tasks/{id}:cancel", CancelAsync)
            .Demand(Role.Operator)
            .Audited("task.cancel")
            .Describe("cancelTask", "Tasks", "Cancel a task", "It ends as soon as the step at hand allows, and takes back what was half done.")
            .TakesQuery(QueryParameter.IdempotencyKey, QueryParameter.DryRun)
            .Answers<TaskInfo>(StatusCodes.Status202Accepted)
            .Answers<Plan>();
    }

    private static async Task ListAsync(HttpContext http, TaskEngine engine, EstateInventory inventory, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request, "state", "target", "parent", "limit", "cursor", "fields");
        var fields = FieldSelection<TaskInfo>.Parse(QueryText.Single(http.Request, "fields"), ModelJson.Default.TaskInfo);
        var query = new TaskQuery
        {
            Limit = (int)(QueryText.Whole(http.Request, "limit", 1, TaskQuery.MaxLimit) ?? 100),
            Cursor = QueryText.Single(http.Request, "cursor"),
            State = QueryText.Single(http.Request, "state") is { } state ? ParseState(state) : null,
            Target = QueryText.Single(http.Request, "target") is { } target ? TargetOf(inventory, target) : null,
            Parent = QueryText.Single(http.Request, "parent"),
        };
        await PageWriter.WriteAsync(http, await engine.ListAsync(query, cancellationToken), ModelJson.Default.TaskInfo, fields);
    }

    private static async Task ShowAsync(HttpContext http, string id, TaskEngine engine, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request, "wait", "fields");
        var fields = FieldSelection<TaskInfo>.Parse(QueryText.Single(http.Request, "fields"), ModelJson.Default.TaskInfo);
        var task =
            QueryText.Single(http.Request, "wait") is { } wait
                ? await WaitAsync(engine, id, ParseWait(wait), time, lifetime.ApplicationStopping, cancellationToken)
                : await engine.GetAsync(id, cancellationToken);
        await JsonAnswer.OkAsync(http, task, ModelJson.Default.TaskInfo, fields);
    }

    /// <summary>The task at its end, or as it stands when the time is over.</summary>
    private static async Task<TaskInfo> WaitAsync(
        TaskEngine engine,
        string id,
        TimeSpan patience,
        TimeProvider time,
        CancellationToken stopping,
        CancellationToken cancellationToken
    )
    {
        using var over = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stopping, cancellationToken);
        try
        {
            return await engine.WaitAsync(id, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await engine.GetAsync(id, cancellationToken);
        }
    }

    private static async Task CancelAsync(HttpContext http, string id, TaskEngine engine, RequestKeys keys, AuditTrail audit, CancellationToken cancellationToken)
    {
        var ask = AskReader.ReadWithoutQueue(http);
        if (ask.DryRun)
        {
            await JsonAnswer.OkAsync(http, await engine.PlanCancelAsync(id, cancellationToken), ModelJson.Default.Plan);
            return;
        }
        var task = await engine.GetAsync(id, cancellationToken);
        var same = $"task.cancel\n{id}";
        if (await keys.FindAsync(ask.Caller.Name, ask.IdempotencyKey, same, cancellationToken) is not null)
        {
            await JsonAnswer.AcceptedAsync(http, task);
            return;
        }
        await audit.AcceptAsync(http, $"task {id} ({task.Kind} {task.Target.Name})");
        var cancelled = await engine.CancelAsync(id, cancellationToken);
        await keys.KeepAsync(ask.Caller.Name, ask.IdempotencyKey, same, $"the end of task {id}", cancellationToken);
        await JsonAnswer.AcceptedAsync(http, cancelled);
    }

    private static string TargetOf(EstateInventory inventory, string text)
    {
        // Tasks also work on what is no guest, or no longer: then the text is the id itself.
        var found = inventory.Resolve<Guest>(Reference.Decode(text));
        if (found.IsAmbiguous)
            throw ProblemFactory.Ambiguous("guest", text, found.Candidates);
        return found.Found?.Id.ToString() ?? text;
    }

    private static TaskState ParseState(string text)
    {
        var words = EnumWords.Of(typeof(TaskState));
        return words.IndexOf(text) is >= 0 and var index
            ? Enum.GetValues<TaskState>()[index]
            : throw ProblemFactory.Invalid(
                $"state is one of {string.Join(", ", words)}, not '{text}'.{Nearest.Hint(text, words)}",
                NearestNames.To(text, words)
            );
    }

    private static TimeSpan ParseWait(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestWait
            ? TimeSpan.FromSeconds(seconds)
            : throw ProblemFactory.Invalid($"wait is a number of seconds from 0 to {LongestWait}, not '{text}'.");
}
