using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>
/// Brings a guest to the peer. Managed: both daemons are told by us and the memory goes straight between the hosts; if
/// we vanish, they see our lines close, and the source goes on as if nothing had been. Peer to peer: the source's daemon
/// tells the target's.
/// </summary>
internal sealed class MigrateStep(Daemon daemon) : StepKind
{
    public const string Kind = "migrate";

    // virDomainMigrateFlags.
    public const uint Live = 1;
    public const uint PeerToPeer = 2;
    public const uint PersistTarget = 8;
    public const uint UndefineSource = 16;
    public const uint CopyDisks = 64;
    public const uint ChangeProtection = 256;
    public const uint Offline = 1024;
    public const uint AbortOnError = 4096;
    public const uint AutoConverge = 8192;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(30);

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var target = Peers.Of(context);
        switch (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false))
        {
            case WorkStepState.Done:
                await FinishSourceAsync(step, cancellationToken).ConfigureAwait(false);
                return;
            case WorkStepState.NotDone:
                break;
            case WorkStepState.Partial when (step.Number("flags") & Offline) != 0:
                await UndoAsync(step, context, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new ProviderException(ProviderError.Conflict, $"Guest '{step["name"]}' is on both hosts, or on neither: look there before anything else is done.");
        }
        var guest = await Guests.RequireAsync(daemon, step, cancellationToken).ConfigureAwait(false);
        var doing = $"bring guest '{guest.Name}' to {step["target"]}";
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = ProgressAsync(guest, context, watching.Token);
        try
        {
            var flags = (uint)step.Number("flags");
            if ((flags & PeerToPeer) != 0)
                await PeerToPeerAsync(guest, step, flags, cancellationToken).ConfigureAwait(false);
            else
                await ManagedAsync(guest, target, step, flags, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
        finally
        {
            await watching.CancelAsync().ConfigureAwait(false);
            await progress.ConfigureAwait(false);
            daemon.Watch.Touch(guest.Uuid);
            target.Watch.Touch(guest.Uuid);
        }
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) != WorkStepState.Done)
            throw new ProviderException(ProviderError.ProviderFault, $"libvirt says that guest '{guest.Name}' was brought to {step["target"]}, and it is not there as it should be.") { OutcomeUnknown = true };
        await FinishSourceAsync(step, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where it runs decides. On at both is what must never be: no answer is given then.</summary>
    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var uuid = step.Uuid("uuid");
        var here = await daemon.FindGuestAsync(uuid, cancellationToken).ConfigureAwait(false);
        var there = await Peers.Of(context).FindGuestAsync(uuid, cancellationToken).ConfigureAwait(false);
        var off = (step.Number("flags") & Offline) != 0;
        return (here, there) switch
        {
            ({ Id: >= 0 }, { Id: >= 0 }) => await IsArrivingAsync(Peers.Of(context), there.Value, cancellationToken).ConfigureAwait(false) ? WorkStepState.Partial : WorkStepState.Unknown,
            ({ Id: >= 0 }, _) => WorkStepState.NotDone,
            (_, { Id: >= 0 }) => WorkStepState.Done,
            (not null, null) => WorkStepState.NotDone,
            (null, not null) => WorkStepState.Done,
            // Off at both: the target has it for good once it holds a definition.
            (not null, not null) when off => await Calls.AskAsync(Peers.Of(context).Client.DomainIsPersistentAsync(there.Value, cancellationToken), "read the guest at the target").ConfigureAwait(false)
                ? WorkStepState.Done
                : WorkStepState.Partial,
            (not null, not null) => WorkStepState.Unknown,
            _ => WorkStepState.Unknown,
        };
    }

    /// <summary>An interrupted migration: the source has it, or gets it back; what began at the target is taken away by its daemon.</summary>
    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not { } here)
            return;
        await TryAsync(daemon.Client.DomainAbortJobAsync(here, cancellationToken)).ConfigureAwait(false);
        // The plan found none of this identity at the target, so what is there and off came with this step.
        if (await Peers.Of(context).FindGuestAsync(here.Uuid, cancellationToken).ConfigureAwait(false) is { Id: < 0 } there)
            await UndefineStep.EnsureGoneAsync(Peers.Of(context), there, $"take guest '{there.Name}' back from the target", cancellationToken).ConfigureAwait(false);
        daemon.Watch.Touch(here.Uuid);
    }

    private async Task PeerToPeerAsync(DomainRef guest, StepArguments step, uint flags, CancellationToken cancellationToken)
    {
        await using var abort = cancellationToken.Register(() => _ = TryAsync(daemon.Client.DomainAbortJobAsync(guest, CancellationToken.None))).ConfigureAwait(false);
        await daemon.Client.DomainMigratePerform3ParamsAsync(guest, step["target-uri"], [.. Parameters(step)], [], flags, cancellationToken).ConfigureAwait(false);
    }

    private async Task ManagedAsync(DomainRef guest, Daemon target, StepArguments step, uint flags, CancellationToken cancellationToken)
    {
        var sourceFlags = flags | ChangeProtection;
        var targetFlags = flags & ~(AbortOnError | AutoConverge);
        var parameters = Parameters(step);
        parameters.Add(TypedParameter.Of("destination_name", guest.Name));
        var (cookie, xml) = await daemon.Client.DomainMigrateBegin3ParamsAsync(guest, [.. parameters], sourceFlags, cancellationToken).ConfigureAwait(false);
        parameters.Add(TypedParameter.Of("destination_xml", xml));
        DomainMigratePrepare3ParamsResult prepared;
        try
        {
            prepared = await target.Client.DomainMigratePrepare3ParamsAsync([.. parameters], cookie, targetFlags, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await ConfirmAsync(guest, parameters, [], sourceFlags, cancelled: true).ConfigureAwait(false);
            throw;
        }
        if (prepared.UriOut is { } uri)
        {
            parameters.RemoveAll(p => p.Name == "migrate_uri");
            parameters.Add(TypedParameter.Of("migrate_uri", uri));
        }
        // Offline nothing is performed, and the target must not be shown its own cookie.
        var (performed, failure) = (flags & Offline) != 0 ? ([], null) : await PerformAsync(guest, parameters, prepared.CookieOut, sourceFlags, cancellationToken).ConfigureAwait(false);
        var (finished, refused) = await FinishAsync(target, parameters, performed, targetFlags, failure is not null).ConfigureAwait(false);
        // The source lets go only when the target says that it has it.
        await ConfirmAsync(guest, parameters, finished, sourceFlags, cancelled: failure is not null || refused is not null).ConfigureAwait(false);
        if ((failure ?? refused) is { } fault)
            throw fault;
    }

    private async Task<(byte[] Cookie, LibvirtException? Failure)> PerformAsync(DomainRef guest, List<TypedParameter> parameters, byte[] cookie, uint flags, CancellationToken cancellationToken)
    {
        // A cancelled task aborts the job and then waits for the answer, so that both sides are told how it ended.
        await using var abort = cancellationToken.Register(() => _ = TryAsync(daemon.Client.DomainAbortJobAsync(guest, CancellationToken.None))).ConfigureAwait(false);
        try
        {
            return (await daemon.Client.DomainMigratePerform3ParamsAsync(guest, null, [.. parameters], cookie, flags, CancellationToken.None).ConfigureAwait(false), null);
        }
        catch (LibvirtException e)
        {
            return ([], e);
        }
    }

    private async Task<(byte[] Cookie, LibvirtException? Failure)> FinishAsync(Daemon target, List<TypedParameter> parameters, byte[] cookie, uint flags, bool cancelled)
    {
        using var time = new CancellationTokenSource(CleanUpTime, daemon.Time);
        try
        {
            var (_, after) = await target.Client.DomainMigrateFinish3ParamsAsync([.. parameters], cookie, flags, cancelled, time.Token).ConfigureAwait(false);
            return (after, null);
        }
        catch (LibvirtException e)
        {
            return ([], e);
        }
    }

    private async Task ConfirmAsync(DomainRef guest, List<TypedParameter> parameters, byte[] cookie, uint flags, bool cancelled)
    {
        using var time = new CancellationTokenSource(CleanUpTime, daemon.Time);
        try
        {
            await daemon.Client.DomainMigrateConfirm3ParamsAsync(guest, [.. parameters], cookie, flags, cancelled, time.Token).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (cancelled || e.Code == LibvirtErrorCode.NoDomain)
        {
            return; // It was given up before the source knew, or the source has let go already.
        }
    }

    /// <summary>At most one definition may start it: the source's goes, its disks are another step's business.</summary>
    private async Task FinishSourceAsync(StepArguments step, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is { Id: < 0 } left)
            await UndefineStep.EnsureGoneAsync(daemon, left, $"remove guest '{left.Name}' from where it came", cancellationToken).ConfigureAwait(false);
    }

    private async Task ProgressAsync(DomainRef guest, WorkContext context, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(ProgressEvery, daemon.Time, cancellationToken).ConfigureAwait(false);
                var (_, stats) = await daemon.Client.DomainGetJobStatsAsync(guest, 0, cancellationToken).ConfigureAwait(false);
                if (stats.Find("data_total")?.AsDouble() is > 0 and var total && stats.Find("data_processed")?.AsDouble() is { } processed)
                    context.Progress.Report(Math.Clamp(processed / total, 0, 0.99));
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (LibvirtException)
        {
            return; // The guest has left: there is no more to report.
        }
    }

    private static async Task<bool> IsArrivingAsync(Daemon target, DomainRef there, CancellationToken cancellationToken)
    {
        var (state, _) = await Calls.AskAsync(target.Client.DomainGetStateAsync(there, 0, cancellationToken), $"read guest '{there.Name}'").ConfigureAwait(false);
        return state == Mapping.Paused;
    }

    private static List<TypedParameter> Parameters(StepArguments step) =>
        step.Find("migrate-uri") is { } uri ? [TypedParameter.Of("migrate_uri", uri)] : [];

    private static async Task TryAsync(Task call)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (LibvirtException)
        {
            return; // There was no job to abort.
        }
    }
}
