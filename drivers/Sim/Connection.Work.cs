using System.Collections.Frozen;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Steps;

namespace Anyvisor.Drivers.Sim;

internal sealed partial class Connection : IWorkSteps
{
    private readonly FrozenDictionary<string, EstateStep> _steps = new Dictionary<string, EstateStep>
    {
        [DiskStep.Name] = new DiskStep(),
        [DefineStep.Name] = new DefineStep(),
        [StartStep.Name] = new StartStep(),
        [MigrateStep.Name] = new MigrateStep(),
        [DeleteStep.Name] = new DeleteStep(),
        [DeleteDiskStep.Name] = new DeleteDiskStep(),
        [SnapshotStep.Name] = new SnapshotStep(),
        [RevertStep.Name] = new RevertStep(),
        [SnapshotDeleteStep.Name] = new SnapshotDeleteStep(),
        [ImageStep.Name] = new ImageStep(),
        [ImageDeleteStep.Name] = new ImageDeleteStep(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public async Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var known = Known(step);
        await CallAsync(cancellationToken).ConfigureAwait(false);
        known.Run(estate, step, context);
        context.Progress.Report(1);
    }

    public async Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var known = Known(step);
        await CallAsync(cancellationToken).ConfigureAwait(false);
        return known.IsDone(estate, step, context) ? WorkStepState.Done : WorkStepState.NotDone;
    }

    public async Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var known = Known(step);
        await CallAsync(cancellationToken).ConfigureAwait(false);
        known.Undo(estate, step, context);
    }

    private EstateStep Known(WorkStep step) =>
        _steps.GetValueOrDefault(step.Name)
        ?? throw new ProviderException(ProviderError.InvalidArgument, $"A simulated estate knows no step '{step.Name}'. It was planned by another version or driver.");
}
