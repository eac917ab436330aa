using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Tasks;

/// <summary>
/// Takes one task from wherever its journal says it is to its end. Before each effect its intent is durable, after it
/// its result; a step whose intent has no result is first inspected. Ends by an exception only when the process stops:
/// the journal then stays as it is for the next start.
/// </summary>
internal sealed partial class TaskExecutor(TaskRun run, FailPoints points, TimeProvider time, TaskEngineOptions options, ILogger log)
{
    private readonly ITaskKind _kind = run.Kind;

    private TaskOrder Order => run.Entry.Order;

    public async Task RunAsync(CancellationToken stopping)
    {
        TaskEnd end;
        try
        {
            end = await BeginAsync(stopping).ConfigureAwait(false) ?? await WorkAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (!IsStopping(e, stopping))
        {
            // Nothing may leave a task running for ever: a defect ends it, visibly.
            LogDefect(log, e, Order.Id);
            end = new TaskEnd(TaskState.NeedsCheck, StepFault.From(e, Order, StepFaultKind.Unknown).Problem);
        }
        await EndAsync(end, stopping).ConfigureAwait(false);
    }

    private Task<TaskEnd> WorkAsync(CancellationToken stopping) => run.Entry.Undoing ? BackwardAsync(stopping) : ForwardAsync(stopping);

    private async Task<TaskEnd?> BeginAsync(CancellationToken stopping)
    {
        if (run.Current.State == TaskState.Queued)
            await run.CommitAsync(
                    (TaskInfo info) =>
                        info.State == TaskState.Queued ? info with { State = TaskState.Running, StartedAt = Now } : info,
                    stopping
                )
                .ConfigureAwait(false);
        if (run.Resumed || !run.Entry.Planned)
            await GetReadyAsync(stopping).ConfigureAwait(false);
        if (run.Entry is { Planned: false })
        {
            if (run.Cancelled.IsCancellationRequested)
                return new TaskEnd(TaskState.Cancelled);
            try
            {
                var plan = TaskPlanning.Accept(await _kind.PlanAsync(Order, stopping).ConfigureAwait(false), Order);
                await run.CommitAsync(entry => entry.With(plan), null, stopping).ConfigureAwait(false);
            }
            catch (Exception e) when (!IsStopping(e, stopping))
            {
                return new TaskEnd(TaskState.Failed, Explain(e, StepFaultKind.NothingHappened).Problem);
            }
        }
        return null;
    }

    private async Task GetReadyAsync(CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, run.Cancelled);
        try
        {
            await _kind.ReadyAsync(Order, run.AddLog, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Called off while it waited: turning back finds out by itself what it needs.
        }
    }

    private async Task<TaskEnd> ForwardAsync(CancellationToken stopping)
    {
        if (Order.SecretFault is { } secretFault && !run.Entry.PastReturn)
            return await TurnBackAsync(null, new StepFault(ProblemFactory.Invalid(secretFault).Problem, StepFaultKind.MayHaveBegun), stopping)
                .ConfigureAwait(false);
        for (var i = 0; i < run.Entry.Work.Length; i++)
        {
            if (run.Current.Steps[i].State == TaskStepState.Done)
                continue;
            var fault = run.Cancelled.IsCancellationRequested && !run.Entry.PastReturn
                ? StepFault.Cancelled
                : await DoStepAsync(i, stopping).ConfigureAwait(false);
            if (fault is null)
                continue;
            if (fault.Kind == StepFaultKind.Unknown)
                return Stuck(i, fault);
            // A point of no return that was not reached is none.
            var past = run.Entry.PastReturnBefore(fault.Kind == StepFaultKind.NothingHappened ? i : i + 1);
            return past ? Abandon(i, fault) : await TurnBackAsync(i, fault, stopping).ConfigureAwait(false);
        }
        var result = await _kind.ResultAsync(Order, stopping).ConfigureAwait(false);
        return new TaskEnd(TaskState.Succeeded, Result: result);
    }

    /// <summary>Does one step, however often it takes; null when it is done.</summary>
    private async Task<StepFault?> DoStepAsync(int i, CancellationToken stopping)
    {
        var step = run.Entry.Work[i];
        var interrupted = run.Current.Steps[i].State == TaskStepState.Running;
        Exception? cause = null;
        for (var attempt = 1; ; )
        {
            if (!interrupted)
            {
                (var done, cause) = await TryStepAsync(i, step, stopping).ConfigureAwait(false);
                if (done)
                    return null;
                if (cause is null)
                    return StepFault.Cancelled;
                if (StepFault.IsDefinite(cause, _kind.SingleCall))
                {
                    if (_kind.SingleCall)
                        return Explain(cause, StepFaultKind.NothingHappened);
                    if (!run.Entry.PastReturn)
                        return Explain(cause, StepFaultKind.MayHaveBegun);
                }
            }
            var state = await InspectAsync(step, i, cause, stopping).ConfigureAwait(false);
            switch (state.State)
            {
                case WorkStepState.Done:
                    await MarkAsync(i, TaskStepState.Done, stopping).ConfigureAwait(false);
                    return null;
                case WorkStepState.Unknown:
                    return Lost(state.Cause ?? cause);
                case WorkStepState.NotDone when cause is not null && attempt >= options.Attempts:
                    return Explain(cause, StepFaultKind.NothingHappened);
                case WorkStepState.Partial when cause is not null && attempt >= options.Attempts:
                    return Explain(cause, StepFaultKind.MayHaveBegun);
                case WorkStepState.Partial when !step.PointOfNoReturn && !run.Entry.PastReturn:
                    if (!await UndoStepAsync(i, stopping).ConfigureAwait(false))
                        return Lost(cause);
                    break;
                default:
                    break;
            }
            if (!interrupted)
            {
                attempt++;
                await PauseAsync(attempt, stopping).ConfigureAwait(false);
            }
            interrupted = false;
            run.AddLog(cause is null ? $"{step.Label}: interrupted before it was done; doing it" : $"{step.Label}: trying again after: {cause.Message}");
        }
    }

    /// <summary>Intent, effect, result.</summary>
    /// <returns>Done; or what came of it; or neither when it was broken off by a cancellation.</returns>
    private async Task<(bool Done, Exception? Cause)> TryStepAsync(int i, WorkStep step, CancellationToken stopping)
    {
        await PassAsync(step, FailPoints.BeforeIntent).ConfigureAwait(false);
        await MarkAsync(i, TaskStepState.Running, stopping).ConfigureAwait(false);
        await PassAsync(step, FailPoints.AfterIntent).ConfigureAwait(false);
        // A single call is left to end: breaking it off would only hide what came of it. Past the point of no return
        // the only way out is forward: a disk whose guest is gone already must go too.
        using var breakOff = CancellationTokenSource.CreateLinkedTokenSource(
            stopping,
            _kind.SingleCall || step.PointOfNoReturn || run.Entry.PastReturn ? CancellationToken.None : run.Cancelled
        );
        try
        {
            await _kind.RunStepAsync(Order, step, new StepContext(run, i), breakOff.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested && breakOff.IsCancellationRequested)
        {
            return (false, null);
        }
        catch (Exception e) when (!IsStopping(e, stopping))
        {
            LogStepFailed(log, e, Order.Id, step.Name);
            return (false, e);
        }
        await PassAsync(step, FailPoints.AfterEffect).ConfigureAwait(false);
        await MarkAsync(i, TaskStepState.Done, stopping).ConfigureAwait(false);
        await PassAsync(step, FailPoints.AfterResult).ConfigureAwait(false);
        return (true, null);
    }

    /// <summary>Asks the system how far an interrupted step got, and waits for a system that does not answer.</summary>
    private async Task<(WorkStepState State, Exception? Cause)> InspectAsync(WorkStep step, int i, Exception? why, CancellationToken stopping)
    {
        var since = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (await _kind.InspectStepAsync(Order, step, new StepContext(run, i), stopping).ConfigureAwait(false), null);
            }
            catch (Exception e) when (!IsStopping(e, stopping))
            {
                if (!CanWait(e, attempt, since))
                    return (WorkStepState.Unknown, e);
                if (attempt == 1)
                    run.AddLog($"{step.Label}: interrupted{(why is null ? "" : $" ({why.Message})")}; {Order.Provider} can't be asked now ({e.Message}): waiting for it");
                await PauseAsync(attempt, stopping).ConfigureAwait(false);
            }
        }
    }

    private bool CanWait(Exception e, int attempt, long since) =>
        StepFault.IsTransient(e) ? time.GetElapsedTime(since) < options.ProviderPatience : attempt < options.Attempts;

    private Task MarkAsync(int i, TaskStepState state, CancellationToken stopping)
    {
        var now = Now;
        return run.CommitAsync(entry => entry.WithStep(i, state, now), null, stopping);
    }

    private Task PassAsync(WorkStep step, string moment) => points.PassAsync(_kind.Name, step.Name, moment);

    private Task PauseAsync(int attempt, CancellationToken stopping)
    {
        var pause = TimeSpan.FromMilliseconds(250 * Math.Pow(2, Math.Min(attempt - 1, 10)));
        return Task.Delay(pause < options.LongestPause ? pause : options.LongestPause, time, stopping);
    }

    private StepFault Lost(Exception? cause) =>
        cause is null ? new StepFault(null, StepFaultKind.Unknown) : Explain(cause, StepFaultKind.Unknown);

    private StepFault Explain(Exception e, StepFaultKind kind) => StepFault.From(e, Order, kind);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private static bool IsStopping(Exception e, CancellationToken stopping) =>
        (e is OperationCanceledException && stopping.IsCancellationRequested) || e is Store.StoreException { Fault: Store.StoreFault.Closed };

    private async Task EndAsync(TaskEnd end, CancellationToken stopping)
    {
        var now = Now;
        var line = new AuditEntry(Order.Actor, Order.Kind, TaskAudit.OutcomeOf(end.State))
        {
            Target = TaskAudit.TargetOf(Order),
            From = Order.From,
            Task = Order.Id,
            Detail = end.Error?.Detail,
        };
        await run.CommitAsync(
                entry => entry with { Info = end.Apply(entry.Info, now) },
                line,
                stopping
            )
            .ConfigureAwait(false);
    }
}
