using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

/// <summary>Runs plans as the task engine does, and as it does after it was killed.</summary>
public sealed class PlanRunner(IWorkSteps steps, string task)
{
    public ImmutableDictionary<string, Secret> Secrets { get; init; } = ImmutableDictionary<string, Secret>.Empty;

    public IProviderConnection? Peer { get; init; }

    public Action<string> Log { get; init; } = _ => { };

    public WorkContext Context => new() { TaskId = task, Progress = new Progress<double>(), Log = Log, Secrets = Secrets, Peer = Peer };

    public async Task RunAsync(WorkPlan plan, CancellationToken cancellationToken)
    {
        foreach (var step in plan.Steps)
            await steps.RunStepAsync(step, Context, cancellationToken);
    }

    public async Task UndoAsync(WorkPlan plan, CancellationToken cancellationToken)
    {
        foreach (var step in plan.Steps.Reverse())
            await steps.UndoStepAsync(step, Context, cancellationToken);
    }

    public async Task<WorkStepState[]> InspectAsync(WorkPlan plan, CancellationToken cancellationToken)
    {
        var states = new List<WorkStepState>();
        foreach (var step in plan.Steps)
            states.Add(await steps.InspectStepAsync(step, Context, cancellationToken));
        return [.. states];
    }

    /// <summary>Does each step twice, as when a journal lost the first outcome, and checks what an inspection says.</summary>
    public async Task RunTwiceAsync(WorkPlan plan, CancellationToken cancellationToken)
    {
        for (var done = 0; done < plan.Steps.Length; done++)
        {
            await steps.RunStepAsync(plan.Steps[done], Context, cancellationToken);
            await steps.RunStepAsync(plan.Steps[done], Context, cancellationToken);
            Assert.NotEqual(WorkStepState.NotDone, await steps.InspectStepAsync(plan.Steps[done], Context, cancellationToken));
        }
    }

    public static string NewTask() => "t" + Guid.NewGuid().ToString("N")[..12];
}
