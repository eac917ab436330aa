using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>How a task ended.</summary>
internal sealed record TaskEnd(TaskState State, Problem? Error = null, string? Result = null)
{
    /// <summary>The step that it ended at, where it did not get past it.</summary>
    public int? FailedStep { get; init; }

    public TaskInfo Apply(TaskInfo info, DateTime now) =>
        info with
        {
            State = State,
            Error = Error,
            Result = Result,
            Progress = State == TaskState.Succeeded ? 1 : info.Progress,
            EndedAt = now,
            Steps = [.. info.Steps.Select((step, i) => EndStep(step, i, now))],
        };

    private TaskStep EndStep(TaskStep step, int i, DateTime now)
    {
        if (i == FailedStep)
            return step with { State = TaskStepState.Failed, EndedAt = now };
        return step.State == TaskStepState.Pending ? step with { State = TaskStepState.Skipped } : step;
    }
}
