using System.Collections.Frozen;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Migrating;
using Anyvisor.Drivers.SolarisZones.Work;

namespace Anyvisor.Drivers.SolarisZones;

internal sealed partial class Connection : IWorkSteps
{
    // By the name that plans write down: a name stays once it was released.
    private FrozenDictionary<string, StepKind> Kinds => field ??= new Dictionary<string, StepKind>
    {
        [ConfigureStep.Kind] = new ConfigureStep(_zone, _watch),
        [FillStep.Kind] = new FillStep(_zone, _watch, _time),
        [BootStep.Kind] = new BootStep(_zone, _watch),
        [EmptyStep.Kind] = new EmptyStep(_zone, _watch, _time),
        [DeleteStep.Kind] = new DeleteStep(_zone, _watch),
        [SnapshotStep.Kind] = new SnapshotStep(_zone, _watch),
        [RollbackStep.Kind] = new RollbackStep(_zone, _watch),
        [SnapshotDeleteStep.Kind] = new SnapshotDeleteStep(_zone, _watch),
        [VmCreateStep.Kind] = new VmCreateStep(_zone, _watch, _time),
        [VmDeleteStep.Kind] = new VmDeleteStep(_zone, _watch, _time),
        [DetachStep.Kind] = new DetachStep(_zone, _watch, _time),
        [SendStep.Kind] = new SendStep(_zone, _watch),
        [PeerStep.ConfigureKind] = new PeerStep(_zone, _watch, peer => new ConfigureStep(peer.Zone, peer.Watch)),
        [PeerStep.AttachKind] = new PeerStep(_zone, _watch, peer => new FillStep(peer.Zone, peer.Watch, peer.Time)),
        [LeaveStep.Kind] = new LeaveStep(_zone, _watch),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        Of(step).RunAsync(new StepArguments(step), context, cancellationToken);

    public Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        Of(step).InspectAsync(new StepArguments(step), context, cancellationToken);

    public Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        Of(step).UndoAsync(new StepArguments(step), context, cancellationToken);

    private StepKind Of(WorkStep step) =>
        step.Arguments.TryGetValue(StepArguments.Kind, out var kind) && Kinds.TryGetValue(kind, out var found)
            ? found
            : throw new ProviderException(ProviderError.InvalidArgument, $"The zones driver has no step '{kind ?? step.Name}': another version of it wrote the plan.");
}
