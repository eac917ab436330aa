using System.Collections.Immutable;
using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>
/// The same verb on many guests: one task each, few at once, and a result for each. A child is found again by its
/// idempotency key, so a bulk task that was interrupted asks for none twice.
/// </summary>
internal sealed class BulkKind(TaskEngine engine, Func<string, Verb, Ask, TaskRequest> compose) : ITaskKind
{
    public const string KindName = "guest.bulk";
    private const int AtOnce = 16;

    public string Name => KindName;

    public bool SingleCall => false;

    public bool Coordinates => true;

    public Task<WorkPlan> PlanAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var word = VerbWords.Label(order.Read(CommandJson.Default.BulkBody).Action);
        var step = new WorkStep("items", $"{word} {order.Target.Name}", ImmutableSortedDictionary<string, string>.Empty);
        return Task.FromResult(new WorkPlan { Steps = [step] });
    }

    public async Task RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        var body = order.Read(CommandJson.Default.BulkBody);
        var done = 0;
        var open = Enumerable.Range(0, context.Items.Length).Where(i => !Ended(context.Items[i].State)).ToArray();
        done = context.Items.Length - open.Length;
        await Parallel
            .ForEachAsync(
                open,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (i, token) =>
                {
                    await RunItemAsync(order, body, context, i, token).ConfigureAwait(false);
                    context.Progress.Report((double)Interlocked.Increment(ref done) / context.Items.Length);
                }
            )
            .ConfigureAwait(false);
        var failed = context.Items.Count(item => item.State != TaskState.Succeeded);
        if (failed > 0)
            throw ProblemFactory.Conflict($"{failed} of {context.Items.Length} were not done: each item says why.");
    }

    public Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(WorkStepState.NotDone);

    /// <summary>What has been done stays done; what still waits is called off, and what is under way is asked to turn back.</summary>
    public async Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < context.Items.Length; i++)
        {
            var item = context.Items[i];
            if (Ended(item.State))
                continue;
            var ended = item.Task is { } child ? await CallOffAsync(child, cancellationToken).ConfigureAwait(false) : null;
            item = item with { State = ended?.State ?? TaskState.Cancelled, Error = ended?.Error };
            await context.SetItemAsync(i, item, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private async Task<TaskInfo> CallOffAsync(string child, CancellationToken cancellationToken)
    {
        try
        {
            await engine.CancelAsync(child, cancellationToken).ConfigureAwait(false);
        }
        catch (CommandException)
        {
            // It has ended, or goes on to its end: either way its end is waited for.
        }
        return await engine.WaitAsync(child, cancellationToken).ConfigureAwait(false);
    }

    private async Task RunItemAsync(TaskOrder order, BulkBody body, StepContext context, int i, CancellationToken cancellationToken)
    {
        var item = context.Items[i];
        try
        {
            var ask = new Ask(new Caller(order.Actor, body.Role, order.From)) { IdempotencyKey = $"bulk:{order.Id}:{i}" };
            var child = await engine
                .SubmitAsync(compose(item.Id, body.Action, ask) with { Parent = order.Id }, cancellationToken)
                .ConfigureAwait(false);
            item = item with { Task = child.Id, State = child.State };
            await context.SetItemAsync(i, item, cancellationToken).ConfigureAwait(false);
            var ended = await engine.WaitAsync(child.Id, cancellationToken).ConfigureAwait(false);
            item = item with { State = ended.State, Error = ended.Error };
        }
        catch (Exception e) when (e is CommandException or Driver.ProviderException || e is StoreException { Fault: not StoreFault.Closed })
        {
            item = item with { State = TaskState.Failed, Error = ProblemMap.ToProblem(e) };
        }
        await context.SetItemAsync(i, item, cancellationToken).ConfigureAwait(false);
    }

    private static bool Ended(TaskState state) => state is TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled or TaskState.NeedsCheck;
}
