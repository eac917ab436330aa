using Anyvisor.Driver.Work;

namespace Anyvisor.Core.Tasks;

/// <summary>A kind that this version does not know: a newer version wrote the task down. It ends, and says why.</summary>
internal sealed class UnknownKind(string name) : ITaskKind
{
    public string Name => name;

    public bool SingleCall => false;

    public Task<WorkPlan> PlanAsync(TaskOrder order, CancellationToken cancellationToken) =>
        Task.FromException<WorkPlan>(Problems.ProblemFactory.NotCapable($"This version of Anyvisor knows no tasks of the kind {name}."));

    public Task RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Task.FromException(Problems.ProblemFactory.NotCapable($"This version of Anyvisor knows no tasks of the kind {name}."));

    public Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(WorkStepState.Unknown);

    public Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Task.FromException(Problems.ProblemFactory.NotCapable($"This version of Anyvisor knows no tasks of the kind {name}."));

    public Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
