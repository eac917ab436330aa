using Anyvisor.Driver;
using Anyvisor.Driver.Work;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>Runs plans as the task engine does: every step in turn, undone backwards when one fails.</summary>
internal sealed class Work(IWorkSteps steps, string task)
{
    public List<string> Log { get; } = [];
    public Dictionary<string, Secret> Secrets { get; } = [];
    public IProviderConnection? Peer { get; init; }

    public WorkContext Context => new()
    {
        TaskId = task,
        Progress = new Progress<double>(),
        Log = Log.Add,
        Secrets = System.Collections.Immutable.ImmutableDictionary.CreateRange(Secrets),
        Peer = Peer,
    };

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
}
