using System.Collections.Frozen;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>All kinds of steps by the name that plans write down. A name stays once it was released.</summary>
internal sealed class Steps(Daemon daemon) : IWorkSteps
{
    private readonly FrozenDictionary<string, StepKind> _kinds = new Dictionary<string, StepKind>
    {
        [PoolStep.Kind] = new PoolStep(daemon),
        [VolumeStep.Kind] = new VolumeStep(daemon),
        [SeedStep.Kind] = new SeedStep(daemon),
        [DefineStep.Kind] = new DefineStep(daemon),
        [StartStep.Kind] = new StartStep(daemon),
        [StopStep.Kind] = new StopStep(daemon),
        [UndefineStep.Kind] = new UndefineStep(daemon),
        [DeleteVolumesStep.Kind] = new DeleteVolumesStep(daemon),
        [ImageStep.Kind] = new ImageStep(daemon),
        [SwitchDisksStep.Kind] = new SwitchDisksStep(daemon),
        [SnapshotStep.Kind] = new SnapshotStep(daemon),
        [RevertMarkStep.Kind] = new RevertMarkStep(daemon),
        [RevertStep.Kind] = new RevertStep(daemon),
        [SnapshotDeleteStep.Kind] = new SnapshotDeleteStep(daemon),
        [MergeLayersStep.Kind] = new MergeLayersStep(daemon),
        [RelinkSnapshotsStep.Kind] = new RelinkSnapshotsStep(daemon),
        [ExternalRevertStep.Kind] = new ExternalRevertStep(daemon),
        [SendVolumeStep.Kind] = new SendVolumeStep(daemon),
        [SentStep.Kind] = new SentStep(),
        [MigrateStep.Kind] = new MigrateStep(daemon),
    }.ToFrozenDictionary();

    public Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        Of(step).RunAsync(new StepArguments(step), context, cancellationToken);

    public Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        Of(step).InspectAsync(new StepArguments(step), context, cancellationToken);

    public Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        Of(step).UndoAsync(new StepArguments(step), context, cancellationToken);

    private StepKind Of(WorkStep step) =>
        step.Arguments.TryGetValue(StepArguments.Kind, out var kind) && _kinds.TryGetValue(kind, out var found)
            ? found
            : throw new ProviderException(ProviderError.InvalidArgument, $"The libvirt driver has no step '{kind ?? step.Name}': another version of it wrote the plan.");
}
