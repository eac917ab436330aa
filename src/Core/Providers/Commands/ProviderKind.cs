using System.Collections.Immutable;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;

namespace Anyvisor.Core.Providers.Commands;

/// <summary>
/// Work on a provider itself. What it says when it can't be reached or refuses us is the task's end: a person waits for
/// it, and trying again by ourselves would lock accounts.
/// </summary>
internal abstract class ProviderKind(string name, ProviderRegistry registry) : ITaskKind
{
    public string Name => name;

    public bool SingleCall => false;

    protected ProviderRegistry Registry => registry;

    public Task<WorkPlan> PlanAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult(new WorkPlan { Steps = LayOut(order) });

    public async Task RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            await DoAsync(order, step, context, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException exception)
        {
            throw new CommandException(ProblemMap.ToProblem(exception, order.Provider), exception);
        }
    }

    public virtual Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(WorkStepState.NotDone);

    public virtual Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult<string?>(order.Target.Name);

    /// <summary>Checks what can be checked without asking the provider, and names the steps.</summary>
    protected abstract ImmutableArray<WorkStep> LayOut(TaskOrder order);

    /// <summary>Safe to do again.</summary>
    protected abstract Task DoAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken);

    protected static WorkStep Step(string name, string label, bool pointOfNoReturn = false) =>
        new(name, label, ImmutableSortedDictionary<string, string>.Empty) { PointOfNoReturn = pointOfNoReturn };
}
