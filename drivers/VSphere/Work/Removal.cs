using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Takes virtual machines away.</summary>
internal static class Removal
{
    /// <summary>What this task made, and nothing else: it is found by the task's own mark.</summary>
    public static async Task OfMadeAsync(Connection system, WorkContext context, CancellationToken cancellationToken)
    {
        if (await system.FindAsync(Connection.Mark(context.TaskId), cancellationToken).ConfigureAwait(false) is not { } self || await system.ReadAsync(self, cancellationToken).ConfigureAwait(false) is not { } made)
            return;
        if (Mapping.Power(made.PowerWord) == PowerState.On)
            await system.StopAsync(system.Shape(made), cancellationToken).ConfigureAwait(false);
        await DestroyAsync(system, made, keepDisks: false, context, cancellationToken).ConfigureAwait(false);
    }

    public static async Task DestroyAsync(Connection system, GuestRecord guest, bool keepDisks, WorkContext context, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (keepDisks)
                    await system.Client.CallAsync(new SoapCall("UnregisterVM", guest.Self, $"taking '{guest.Name}' out of the inventory"), cancellationToken).ConfigureAwait(false);
                else
                    _ = await system.RunAsync(new SoapCall("Destroy_Task", guest.Self, $"deleting '{guest.Name}'"), guest.Self, Transition.Deleting, context.Progress.Report, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (ProviderException e) when (e.NativeCode == VimErrors.NoSuchObject && !e.OutcomeUnknown)
            {
                break; // Gone already.
            }
            catch (ProviderException e) when (e.OutcomeUnknown && attempt < 3)
            {
                context.Log($"The answer was lost: looking whether it was done. {e.Message}");
            }
        }
        system.Watched.Poke(guest.Self);
    }
}
