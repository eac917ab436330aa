namespace Anyvisor.Driver.Work;

/// <summary>
/// Does the steps of the plans that this connection made. All three methods are safe to call again after they, or the
/// process, were interrupted anywhere: doing a step that is done changes nothing, undoing one that was not begun too.
/// </summary>
public interface IWorkSteps
{
    Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    /// <summary>Finds out how far an interrupted step got, from the system alone.</summary>
    Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    /// <summary>Takes back what the step made, and only that: what bears another task's mark, or none, stays.</summary>
    Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);
}
