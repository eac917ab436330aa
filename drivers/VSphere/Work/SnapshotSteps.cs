using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Takes a snapshot. Its name, which was free when the work was planned, is its mark.</summary>
internal sealed class SnapshotStep(Connection connection) : Step(connection)
{
    public const string Name = "snapshot";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        if (Has(guest, step))
            return;
        await SettleAsync(guest.Self, context, cancellationToken).ConfigureAwait(false);
        if (Has(await GuestAsync(step, cancellationToken).ConfigureAwait(false), step))
            return;
        var call = new SoapCall("CreateSnapshot_Task", guest.Self, $"taking a snapshot of '{guest.Name}'", writer =>
        {
            writer.Text("name", EntityNames.Encode(step.Arguments["snapshot"]));
            writer.Optional("description", step.Arguments.GetValueOrDefault("description"));
            writer.Flag("memory", step.Arguments["memory"] == "true");
            writer.Flag("quiesce", step.Arguments["quiesce"] == "true");
        });
        await DoAsync(call, guest.Self, guest.Self, Transition.Snapshotting, async token => Has(await GuestAsync(step, token).ConfigureAwait(false), step), context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(Has(await GuestAsync(step, cancellationToken).ConfigureAwait(false), step));

    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        if (Array.Find(guest.Snapshots, node => node.Name == step.Arguments["snapshot"]) is { } taken)
            await SnapshotDeleteStep.RemoveAsync(System, guest, taken.Self, taken.Name, context, cancellationToken).ConfigureAwait(false);
    }

    private static bool Has(GuestRecord guest, WorkStep step) => Array.Exists(guest.Snapshots, node => node.Name == step.Arguments["snapshot"]);
}

/// <summary>Goes back to a snapshot.</summary>
internal sealed class RevertStep(Connection connection) : Step(connection)
{
    public const string Name = "revert";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        var call = new SoapCall("RevertToSnapshot_Task", Object(step, "snapshot"), $"reverting '{guest.Name}'");
        try
        {
            _ = await System.RunAsync(call, guest.Self, Transition.Snapshotting, context.Progress.Report, cancellationToken).ConfigureAwait(false);
        }
        catch (Driver.ProviderException e) when (e.OutcomeUnknown)
        {
            // Never again blindly: a second revert throws away what a guest that runs has written since the first.
            context.Log($"The answer was lost: looking whether it was done. {e.Message}");
            await SettleAsync(guest.Self, context, cancellationToken).ConfigureAwait(false);
            if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) != WorkStepState.Done)
                throw;
        }
    }

    /// <summary>That it goes on from there tells that it was done only where it did not before.</summary>
    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        // Of a guest that is off nothing is lost by doing it again; of one that runs, what it wrote since.
        if (step.Arguments["current"] == step.Arguments["snapshot"])
            return Mapping.Power(guest.PowerWord) == PowerState.Off ? WorkStepState.NotDone : WorkStepState.Unknown;
        return DoneIf(Array.Exists(guest.Snapshots, node => node.Current && node.Self == Object(step, "snapshot")));
    }
}

/// <summary>Deletes one snapshot; those that were taken after it stay.</summary>
internal sealed class SnapshotDeleteStep(Connection connection) : Step(connection)
{
    public const string Name = "delete-snapshot";

    public static async Task RemoveAsync(Connection system, GuestRecord guest, MoRef snapshot, string name, WorkContext context, CancellationToken cancellationToken)
    {
        var call = new SoapCall("RemoveSnapshot_Task", snapshot, $"deleting the snapshot '{name}' of '{guest.Name}'", writer =>
        {
            writer.Flag("removeChildren", false);
            if (system.Client.Content.Has(5, 0))
                writer.Flag("consolidate", true);
        });
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _ = await system.RunAsync(call, guest.Self, Transition.Snapshotting, context.Progress.Report, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Driver.ProviderException e) when (e.NativeCode == VimErrors.NoSuchObject && !e.OutcomeUnknown)
            {
                return; // Gone already.
            }
            catch (Driver.ProviderException e) when (e.OutcomeUnknown && attempt < 3)
            {
                context.Log($"The answer was lost: looking whether it was done. {e.Message}");
            }
        }
    }

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await GuestAsync(step, cancellationToken).ConfigureAwait(false);
        if (Has(guest, step))
            await RemoveAsync(System, guest, Object(step, "snapshot"), step.Arguments["snapshot-name"], context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(!Has(await GuestAsync(step, cancellationToken).ConfigureAwait(false), step));

    private static bool Has(GuestRecord guest, WorkStep step) => Array.Exists(guest.Snapshots, node => node.Self == Object(step, "snapshot"));
}
