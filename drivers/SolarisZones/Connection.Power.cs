using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

internal sealed partial class Connection : IGuestPower, IGuestShutdown, IGuestReset, IGuestSuspend
{
    public Task StartAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(guest, "boot", state => state.Power is PowerState.Off or PowerState.Suspended && state.Transition == Transition.None && state.Lifecycle == Lifecycle.Provisioned, "only an installed zone that is off can be started", cancellationToken);

    public Task StopAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(guest, "halt", state => state.Power is not PowerState.Off || state.Raw is "ready" or "mounted" or "down", "it is off already", cancellationToken);

    public Task ResetAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(guest, "reboot", state => state.Power == PowerState.On, "only a zone that is on can be reset", cancellationToken);

    public Task ShutdownAsync(Guest guest, CancellationToken cancellationToken) => AskAsync(guest, restart: false, cancellationToken);

    public Task RebootAsync(Guest guest, CancellationToken cancellationToken) => AskAsync(guest, restart: true, cancellationToken);

    public Task SuspendAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(guest, "suspend", state => state.Power == PowerState.On, "only a zone that is on can be suspended", cancellationToken);

    /// <summary>A kernel zone that was suspended goes on when it is booted.</summary>
    public Task ResumeAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(guest, "boot", state => state.Power == PowerState.Suspended, "it was not suspended: start it instead", cancellationToken);

    private async Task DoAsync(Guest guest, string verb, Func<ZoneState, bool> allowed, string rule, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        var state = ObjectFactory.State(line);
        if (!allowed(state))
            throw Conflict(guest, $"is '{state.Raw}': {rule}.");
        try
        {
            await _zone.DoAsync(line.Name, verb, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _watch.Touch(line.Name);
        }
    }

    private async Task AskAsync(Guest guest, bool restart, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        if (ObjectFactory.State(line) is { Power: not PowerState.On } state)
            throw Conflict(guest, $"is '{state.Raw}': only a zone that is on can be asked to {(restart ? "reboot" : "shut down")}.");
        try
        {
            await _zone.AskAsync(line, restart, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _watch.Touch(line.Name);
        }
    }
}
