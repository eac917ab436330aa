using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>The way back: undoing in reverse order, and ends that nobody can undo.</summary>
internal sealed partial class TaskExecutor
{
    /// <summary>Decides to go back; from here on the task never goes forward again, also after a restart.</summary>
    private async Task<TaskEnd> TurnBackAsync(int? failed, StepFault fault, CancellationToken stopping)
    {
        var now = Now;
        await run.CommitAsync(
                entry =>
                {
                    if (failed is { } step && fault.Problem is not null)
                        entry = entry.WithStep(step, TaskStepState.Failed, now);
                    return entry with { Undoing = true, Info = entry.Info with { Error = fault.Problem } };
                },
                null,
                stopping
            )
            .ConfigureAwait(false);
        return await BackwardAsync(stopping).ConfigureAwait(false);
    }

    private async Task<TaskEnd> BackwardAsync(CancellationToken stopping)
    {
        var steps = run.Current.Steps;
        for (var i = steps.Length - 1; i >= 0; i--)
        {
            if (!TaskEntry.Begun(steps[i].State))
                continue;
            if (!await UndoStepAsync(i, stopping).ConfigureAwait(false))
                return Stuck(i, new StepFault(run.Current.Error, StepFaultKind.Unknown));
            // The one that failed keeps showing it.
            if (steps[i].State != TaskStepState.Failed)
                await MarkAsync(i, TaskStepState.Undone, stopping).ConfigureAwait(false);
        }
        return run.Current.Error is { } error ? new TaskEnd(TaskState.Failed, error) : new TaskEnd(TaskState.Cancelled);
    }

    /// <summary>Undoes a step, and waits for a system that does not answer.</summary>
    /// <returns>False when it can't be undone.</returns>
    private async Task<bool> UndoStepAsync(int i, CancellationToken stopping)
    {
        var step = run.Entry.Work[i];
        var since = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            await PassAsync(step, FailPoints.BeforeUndo).ConfigureAwait(false);
            try
            {
                await _kind.UndoStepAsync(Order, step, new StepContext(run, i), stopping).ConfigureAwait(false);
                await PassAsync(step, FailPoints.AfterUndo).ConfigureAwait(false);
                run.AddLog($"{step.Label}: undone");
                return true;
            }
            catch (Exception e) when (!IsStopping(e, stopping))
            {
                LogUndoFailed(log, e, Order.Id, step.Name);
                if (attempt == 1)
                    run.AddLog($"{step.Label}: can't be undone yet: {e.Message}");
                if (!CanWait(e, attempt, since))
                {
                    run.AddLog($"{step.Label}: could not be undone: {e.Message}");
                    return false;
                }
                await PauseAsync(attempt, stopping).ConfigureAwait(false);
            }
        }
    }

    /// <summary>An end that a person has to look at.</summary>
    private TaskEnd Stuck(int i, StepFault fault)
    {
        var step = run.Entry.Work[i];
        var cause = fault.Problem?.Detail is { } detail ? $" ({detail})" : "";
        var problem = ProblemFactory.NeedsCheck(
            $"It is not known whether '{step.Label}' was carried out{cause}. Look at {Order.Target.Name}"
                + (Order.Provider is null ? "" : $" at {Order.Provider}")
                + " before you ask for more."
        );
        problem = problem with
        {
            Provider = Order.Provider,
            NativeCode = fault.Problem?.NativeCode,
            NativeMessage = fault.Problem?.NativeMessage,
        };
        return new TaskEnd(TaskState.NeedsCheck, problem) { FailedStep = i };
    }

    /// <summary>
    /// A failure past the point of no return. What is left over is named, since nobody will clean it up: that is a
    /// person's check, and no plain failure, which would say that nothing came of it.
    /// </summary>
    private TaskEnd Abandon(int failed, StepFault fault)
    {
        var cause = fault.Problem ?? ProblemFactory.Conflict("It was cancelled past the point of no return.").Problem;
        if (_kind.SingleCall)
            return new TaskEnd(TaskState.Failed, cause) { FailedStep = failed };
        var left = string.Join("; ", run.Entry.Work.Skip(failed).Select(step => step.Label));
        run.AddLog($"Past the point of no return, so nothing is undone. Left to do by hand: {left}");
        var problem = ProblemFactory.NeedsCheck($"{cause.Detail} What was done before stays; left to do by hand: {left}.") with
        {
            Provider = cause.Provider ?? Order.Provider,
            NativeCode = cause.NativeCode,
            NativeMessage = cause.NativeMessage,
        };
        return new TaskEnd(TaskState.NeedsCheck, problem) { FailedStep = failed };
    }
}
