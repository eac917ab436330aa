using System.Collections.Immutable;
using Anyvisor.Driver.Work;

namespace Anyvisor.Core.Tasks;

/// <summary>
/// One kind of work (<c>guest.create</c>): how to plan it, and how to do, inspect and undo its steps. The engine writes
/// down what is about to be done and what was done; kinds keep no state of their own. The three step methods are safe
/// to call again after an interruption anywhere.
/// </summary>
public interface ITaskKind
{
    /// <summary>Stable: it is in the journal.</summary>
    string Name { get; }

    /// <summary>
    /// Each step is one call to the provider: an error that does not leave the outcome open means that nothing
    /// happened, and there is nothing to undo. Such a call is not broken off by a cancellation.
    /// </summary>
    bool SingleCall { get; }

    /// <summary>Coordinates other tasks and does nothing itself, so it takes no place among those that run at once.</summary>
    bool Coordinates => false;

    /// <summary>Once at start, before any task goes on: which tasks of this kind have not ended.</summary>
    void Resume(ImmutableArray<TaskOrder> open) { }

    /// <summary>
    /// Before a task of an earlier process, or one that had to wait for its turn, goes on: waits for what it works on to
    /// be known and reachable. Returns in any case after a while; what is still lacking then fails as it would.
    /// </summary>
    Task ReadyAsync(TaskOrder order, Action<string> log, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Checks what can be checked, changes nothing, and lays out the steps.</summary>
    Task<WorkPlan> PlanAsync(TaskOrder order, CancellationToken cancellationToken);

    Task RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken);

    Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken);

    Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken);

    /// <summary>However it ended, also before it began: lets go of what the order alone holds. Its end is durable.</summary>
    void Ended(TaskOrder order) { }

    /// <summary>After the last step: the id of what was made, if something was.</summary>
    Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken);
}
