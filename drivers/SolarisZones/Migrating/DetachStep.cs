using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Drivers.SolarisZones.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Migrating;

/// <summary>Detaches a zone, so that nobody boots it while its files are on their way. Taken back by attaching it again.</summary>
internal sealed class DetachStep(GlobalZone zone, ZoneWatch watch, TimeProvider time) : StepKind(zone, watch)
{
    public const string Kind = "detach";

    public static WorkStep For(ZoneLine line) => StepArguments.Make("detach", Kind, $"Detach the zone {line.Name}", ("zone", line.Name), ("id", ObjectFactory.Identity(line).ToString()));

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var line = await HereAsync(step, cancellationToken).ConfigureAwait(false) ?? throw new ProviderException(ProviderError.NotFound, $"Could not detach zone '{step["zone"]}': it is not there any more.");
        if (line.State != "configured")
            await Zone.DoAsync(line.Name, "detach", cancellationToken).ConfigureAwait(false);
        Watch.Touch(line.Name);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await HereAsync(step, cancellationToken).ConfigureAwait(false) is { State: not "configured" } ? WorkStepState.NotDone : WorkStepState.Done;

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await HereAsync(step, cancellationToken).ConfigureAwait(false) is not { State: "configured" } line)
            return;
        var job = $"{context.TaskId}-attach-again";
        await Zone.StartJobAsync(job, line.Name, ["attach"], cancellationToken).ConfigureAwait(false);
        await EndOfJobAsync(job, $"attach zone '{line.Name}' again", time, context.Progress, cancellationToken).ConfigureAwait(false);
        Watch.Touch(line.Name);
        if (await HereAsync(step, cancellationToken).ConfigureAwait(false) is not { } back || Mapping.State(back.State).Lifecycle != Lifecycle.Provisioned)
            throw new ProviderException(ProviderError.ProviderFault, $"Zone '{line.Name}' was attached again, and is not installed: look at it with zoneadm.") { NativeCode = "zoneadm:0" };
    }

    // Some releases forget the UUID of a zone that is detached.
    private async Task<ZoneLine?> HereAsync(StepArguments step, CancellationToken cancellationToken) =>
        await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is { } line && (line.State == "configured" || ObjectFactory.Identity(line).ToString() == step["id"]) ? line : null;
}
