using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>
/// Work of several steps that the driver lays out and does; the last step is ours: the inventory has to show it.
/// </summary>
internal abstract class DriverWorkKind<TFacet>(string name, GuestParts parts) : ITaskKind
    where TFacet : class, IWorkSteps
{
    public string Name => name;

    public bool SingleCall => false;

    protected GuestParts Parts => parts;

    public Task ReadyAsync(TaskOrder order, Action<string> log, CancellationToken cancellationToken) => parts.ReadyAsync(order, log, cancellationToken);

    public async Task<WorkPlan> PlanAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var plan = await LayOutAsync(order, cancellationToken).ConfigureAwait(false);
        return plan with { Steps = plan.Steps.Add(ObserveStep.Make($"See it at {order.Provider}")) };
    }

    public async Task RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        using var cause = CauseOf(order);
        if (ObserveStep.Is(step))
            await ObserveStep.RunAsync(parts, order, () => Seen(order), context, cancellationToken).ConfigureAwait(false);
        else
            await CallAsync(
                    order,
                    step,
                    context,
                    async (facet, work, token) =>
                    {
                        await facet.RunStepAsync(step, work, token).ConfigureAwait(false);
                        return true;
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    public Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        ObserveStep.Is(step)
            ? Task.FromResult(WorkStepState.NotDone)
            : CallAsync(order, step, context, (facet, work, token) => facet.InspectStepAsync(step, work, token), cancellationToken);

    public async Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        if (ObserveStep.Is(step))
            return;
        using var cause = CauseOf(order);
        await CallAsync(
                order,
                step,
                context,
                async (facet, work, token) =>
                {
                    await facet.UndoStepAsync(step, work, token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    public virtual Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult(order.Target.Id);

    /// <summary>The driver's plan, after our own checks.</summary>
    protected abstract Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken);

    /// <summary>Whether the inventory shows that it is done.</summary>
    protected abstract bool Seen(TaskOrder order);

    /// <summary>The other end, where the work has one.</summary>
    protected virtual Driver.IProviderConnection? PeerOf(TaskOrder order) => null;

    /// <summary>The guest whose changes come from this task.</summary>
    protected virtual ObjectId? Affects(TaskOrder order) => order.Target.Id is { } id ? ObjectId.Parse(id) : null;

    private IDisposable? CauseOf(TaskOrder order) => Affects(order) is { } guest ? parts.Inventory.NoteCause(guest, order.Id) : null;

    private Task<T> CallAsync<T>(
        TaskOrder order,
        WorkStep step,
        StepContext context,
        Func<TFacet, WorkContext, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    )
    {
        var work = new WorkContext
        {
            TaskId = order.Id,
            Progress = context.Progress,
            Log = context.Log,
            Secrets = order.Secrets,
            Peer = PeerOf(order),
        };
        return parts.Calls.CallAsync<TFacet, T>(
            order.Provider!,
            $"{Name}/{step.Name}",
            (facet, token) => call(facet, work, token),
            ProviderCalls.Long,
            cancellationToken
        );
    }
}
