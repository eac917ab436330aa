using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

internal sealed partial class Connection : IGuestPower, IGuestShutdown, IGuestReset, IGuestSuspend
{
    /// <summary>In which a guest's state follows a call whose answer was lost.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    public Task StartAsync(Guest guest, CancellationToken cancellationToken) => ToPowerAsync(Verb.Start, guest, "PowerOnVM_Task", "starting", Transition.Starting, PowerState.On, cancellationToken);

    public Task StopAsync(Guest guest, CancellationToken cancellationToken) => ToPowerAsync(Verb.Stop, guest, "PowerOffVM_Task", "stopping", Transition.Stopping, PowerState.Off, cancellationToken);

    public Task SuspendAsync(Guest guest, CancellationToken cancellationToken) => ToPowerAsync(Verb.Suspend, guest, "SuspendVM_Task", "suspending", Transition.Suspending, PowerState.Suspended, cancellationToken);

    public Task ResumeAsync(Guest guest, CancellationToken cancellationToken) => ToPowerAsync(Verb.Resume, guest, "PowerOnVM_Task", "resuming", Transition.Resuming, PowerState.On, cancellationToken);

    public async Task ResetAsync(Guest guest, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Reset, guest, cancellationToken).ConfigureAwait(false);
        _ = await RunAsync(new SoapCall("ResetVM_Task", now.Self, $"resetting '{now.Name}'"), now.Self, Transition.Rebooting, null, cancellationToken).ConfigureAwait(false);
    }

    public Task ShutdownAsync(Guest guest, CancellationToken cancellationToken) => AskAsync(Verb.Shutdown, guest, "ShutdownGuest", "shutting down", cancellationToken);

    public Task RebootAsync(Guest guest, CancellationToken cancellationToken) => AskAsync(Verb.Reboot, guest, "RebootGuest", "rebooting", cancellationToken);

    /// <summary>Through VMware Tools: delivered, not done.</summary>
    private async Task AskAsync(Verb verb, Guest guest, string method, string doing, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(verb, guest, cancellationToken).ConfigureAwait(false);
        await _client.CallAsync(new SoapCall(method, now.Self, $"{doing} '{now.Name}'"), cancellationToken).ConfigureAwait(false);
        _watch.Poke(now.Self);
    }

    private async Task ToPowerAsync(Verb verb, Guest guest, string method, string doing, Transition transition, PowerState wanted, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(verb, guest, cancellationToken).ConfigureAwait(false);
        var call = new SoapCall(method, now.Self, $"{doing} '{now.Name}'");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _ = await RunAsync(call, now.Self, transition, null, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ProviderException e) when (e.OutcomeUnknown)
            {
                // The answer was lost: the guest itself knows. What is not done is asked for once more, which harms nobody.
                if (await ReachesAsync(now, wanted, attempt == 1 ? TimeSpan.FromSeconds(3) : Settling, cancellationToken).ConfigureAwait(false))
                    return;
                if (attempt > 2)
                    throw;
            }
            catch (ProviderException e) when (attempt > 1 && e.NativeCode == "InvalidPowerState")
            {
                // The lost call is being carried out after all.
                if (await ReachesAsync(now, wanted, Settling, cancellationToken).ConfigureAwait(false))
                    return;
                throw;
            }
        }
    }

    private async Task<bool> ReachesAsync(GuestRecord guest, PowerState wanted, TimeSpan within, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        for (var wait = 50; ; wait = Math.Min(wait * 2, 1000))
        {
            var now = await ReadAsync(guest.Self, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(guest.Name);
            if (Mapping.Power(now.PowerWord) == wanted)
            {
                _watch.Poke(guest.Self);
                return true;
            }
            if (_time.GetElapsedTime(began) > within)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(wait), _time, cancellationToken).ConfigureAwait(false);
        }
    }
}
