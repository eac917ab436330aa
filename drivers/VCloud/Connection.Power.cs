using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

internal sealed partial class Connection : IGuestPower, IGuestShutdown, IGuestReset, IGuestSuspend
{
    public Task StartAsync(Guest guest, CancellationToken cancellationToken) => ToAsync(Verb.Start, guest, "power/action/powerOn", "starting", PowerState.On, cancellationToken);

    public Task ResumeAsync(Guest guest, CancellationToken cancellationToken) => ToAsync(Verb.Resume, guest, "power/action/powerOn", "resuming", PowerState.On, cancellationToken);

    public Task SuspendAsync(Guest guest, CancellationToken cancellationToken) => ToAsync(Verb.Suspend, guest, "power/action/suspend", "suspending", PowerState.Suspended, cancellationToken);

    /// <summary>Once: nothing at the guest tells whether a reset whose answer was lost was done.</summary>
    public async Task ResetAsync(Guest guest, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Reset, guest, cancellationToken).ConfigureAwait(false);
        _ = await _tasks.RunAsync(VcdRequest.Post($"{now.Facts.Path}/power/action/reset", $"resetting '{now.Guest.Name}'"), null, cancellationToken).ConfigureAwait(false);
        _watch.Poke(now.Facts.VAppPath);
    }

    /// <summary>Undeploys it: one that is only powered off keeps its resources reserved.</summary>
    public async Task StopAsync(Guest guest, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Stop, guest, cancellationToken).ConfigureAwait(false);
        var body = now.Facts.Deployed ? new XElement(VcdXml.Vcloud + "UndeployVAppParams", new XElement(VcdXml.Vcloud + "UndeployPowerAction", "powerOff")) : null;
        var request = VcdRequest.Post($"{now.Facts.Path}/{(body is null ? "power/action/powerOff" : "action/undeploy")}", $"stopping '{now.Guest.Name}'", body, "vcloud.undeployVAppParams");
        await DoAsync(now, request, draft => draft.Guest.Power == PowerState.Off, cancellationToken).ConfigureAwait(false);
    }

    public Task ShutdownAsync(Guest guest, CancellationToken cancellationToken) => AskAsync(Verb.Shutdown, guest, "shutdown", "shutting down", cancellationToken);

    public Task RebootAsync(Guest guest, CancellationToken cancellationToken) => AskAsync(Verb.Reboot, guest, "reboot", "rebooting", cancellationToken);

    /// <summary>Delivered, not done: the guest's tools take their time.</summary>
    private async Task AskAsync(Verb verb, Guest guest, string action, string doing, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(verb, guest, cancellationToken).ConfigureAwait(false);
        _ = await _client.SendAsync(VcdRequest.Post($"{now.Facts.Path}/power/action/{action}", $"{doing} '{now.Guest.Name}'"), cancellationToken).ConfigureAwait(false);
        _watch.Poke(now.Facts.VAppPath);
    }

    private async Task ToAsync(Verb verb, Guest guest, string action, string doing, PowerState wanted, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(verb, guest, cancellationToken).ConfigureAwait(false);
        await DoAsync(now, VcdRequest.Post($"{now.Facts.Path}/{action}", $"{doing} '{now.Guest.Name}'"), draft => draft.Guest.Power == wanted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a task whose effect can be seen: when its answer is lost, the guest itself knows.</summary>
    internal async Task DoAsync(VmDraft on, VcdRequest request, Func<VmDraft, bool> done, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _ = await _tasks.RunAsync(request, null, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (ProviderException e) when (e.OutcomeUnknown && attempt < 3)
            {
                await SettleAsync(on.Facts.Path, cancellationToken).ConfigureAwait(false);
                if (await ReadAsync(on.Guest.NativeId, cancellationToken).ConfigureAwait(false) is { } now && done(now))
                    break;
            }
        }
        _watch.Poke(on.Facts.VAppPath);
    }

    /// <summary>Waits for the tasks that an object shows to run on it.</summary>
    internal async Task SettleAsync(string path, CancellationToken cancellationToken)
    {
        if (await _client.FindAsync(path, "looking for running tasks", cancellationToken).ConfigureAwait(false) is not { } document)
            return;
        foreach (var task in VcdTasks.Of(document).Where(VcdTasks.Runs))
            try
            {
                await _tasks.WaitAsync(task, "waiting for a task", null, cancellationToken).ConfigureAwait(false);
            }
            catch (ProviderException e) when (e.Error is not (ProviderError.Unreachable or ProviderError.TimedOut))
            {
                // It failed: whoever waits looks at the object for what that means.
            }
    }
}
