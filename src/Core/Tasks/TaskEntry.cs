using System.Collections.Immutable;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Everything that the journal holds of a task, at one moment.</summary>
/// <param name="Order">What was asked.</param>
/// <param name="Info">What people see.</param>
/// <param name="Work">The steps as the driver needs them, beside those that people see.</param>
/// <param name="Planned">Whether <paramref name="Work"/> is laid out.</param>
/// <param name="Undoing">Whether it goes backward: decided once and never taken back.</param>
internal sealed record TaskEntry(TaskOrder Order, TaskInfo Info, ImmutableArray<WorkStep> Work, bool Planned, bool Undoing)
{
    /// <summary>Whether a step was begun after which the plan goes forward only.</summary>
    public bool PastReturn => PastReturnBefore(Work.Length);

    /// <summary>The same, of the steps before this one.</summary>
    public bool PastReturnBefore(int step)
    {
        for (var i = 0; i < step; i++)
            if (Work[i].PointOfNoReturn && Begun(Info.Steps[i].State))
                return true;
        return false;
    }

    public TaskEntry With(WorkPlan plan) =>
        this with
        {
            Work = plan.Steps,
            Planned = true,
            Order = Order with { Host = plan.Host, Makes = plan.Makes },
            Info = Info with { Steps = [.. plan.Steps.Select(step => new TaskStep { Name = step.Name, Label = step.Label })] },
        };

    public TaskEntry WithStep(int step, TaskStepState state, DateTime now)
    {
        var old = Info.Steps[step];
        var changed = state switch
        {
            TaskStepState.Running => old with { State = state, StartedAt = old.StartedAt ?? now, EndedAt = null },
            _ => old with { State = state, EndedAt = now },
        };
        var info = Info with { Steps = Info.Steps.SetItem(step, changed) };
        return this with { Info = info with { Progress = Math.Max(info.Progress, ProgressOf(info, 0)) } };
    }

    /// <summary>The task's progress when the running step is so far.</summary>
    public double ProgressOf(TaskInfo info, double ofRunning)
    {
        double done = 0;
        double all = 0;
        for (var i = 0; i < Work.Length; i++)
        {
            var weight = Math.Max(Work[i].Weight, 0);
            all += weight;
            done += info.Steps[i].State switch
            {
                TaskStepState.Done => weight,
                TaskStepState.Running => weight * ofRunning,
                _ => 0,
            };
        }
        return all > 0 ? done / all : 0;
    }

    public static bool Begun(TaskStepState state) => state is TaskStepState.Running or TaskStepState.Done or TaskStepState.Failed;
}
