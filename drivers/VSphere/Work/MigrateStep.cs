using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Brings a guest to another host, and its disks to another datastore where that is asked for.</summary>
internal sealed class MigrateStep(Connection connection) : Step(connection)
{
    public const string Name = "migrate";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        if (guest.Host == Object(step, "host"))
            return;
        await SettleAsync(guest.Self, context, cancellationToken).ConfigureAwait(false);
        if (await IsThereAsync(step, cancellationToken).ConfigureAwait(false))
            return;
        var call = new SoapCall("RelocateVM_Task", guest.Self, $"migrating '{guest.Name}' to {step.Arguments["to"]}", writer =>
        {
            writer.Inside("spec", null, spec => RelocateSpec.Write(spec, Object(step, "host"), Object(step, "pool"), Optional(step, "datastore")));
            writer.Text("priority", "defaultPriority");
        });
        await DoAsync(call, guest.Self, guest.Self, Transition.Migrating, token => IsThereAsync(step, token), context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await IsThereAsync(step, cancellationToken).ConfigureAwait(false));

    private async Task<bool> IsThereAsync(WorkStep step, CancellationToken cancellationToken) =>
        (await GuestAsync(step, cancellationToken).ConfigureAwait(false)).Host == Object(step, "host");
}
