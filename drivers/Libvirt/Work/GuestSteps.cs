using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>Defines a guest whose UUID the plan chose: a guest of that UUID is this task's.</summary>
internal sealed class DefineStep(Daemon daemon) : StepKind
{
    public const string Kind = "define";

    /// <summary>VIR_DOMAIN_UNDEFINE_MANAGED_SAVE, _SNAPSHOTS_METADATA, _NVRAM, _CHECKPOINTS_METADATA.</summary>
    public const uint WithEverything = WithSavedMemory | 2 | 4 | 16;

    public const uint WithSavedMemory = 1;

    public static WorkStep For(Guid uuid, string name, string xml) =>
        StepArguments.Make("define", Kind, $"Define the guest {name}", ("uuid", uuid), ("name", name), ("xml", xml));

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is not null)
            return;
        await Calls.ChangeAsync(daemon.Client.DomainDefineXmlFlagsAsync(step["xml"], 0, cancellationToken), $"define guest '{step["name"]}'").ConfigureAwait(false);
        daemon.Watch.Touch(step.Uuid("uuid"));
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is null ? WorkStepState.NotDone : WorkStepState.Done;

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var uuid = step.Uuid("uuid");
        if (await daemon.FindGuestAsync(uuid, cancellationToken).ConfigureAwait(false) is not { } guest)
            return;
        var doing = $"take back guest '{step["name"]}'";
        if (DomainReader.Read(await daemon.XmlAsync(guest, 0, cancellationToken).ConfigureAwait(false), guest.Name).Marks.Task != context.TaskId)
            return;
        await StopStep.EnsureOffAsync(daemon, guest, doing, cancellationToken).ConfigureAwait(false);
        await UndefineStep.EnsureGoneAsync(daemon, guest, doing, cancellationToken).ConfigureAwait(false);
        daemon.Watch.Touch(uuid);
    }
}

internal sealed class StartStep(Daemon daemon) : StepKind
{
    public const string Kind = "start";

    public static WorkStep For(Guid uuid, string name) => StepArguments.Make("start", Kind, $"Start the guest {name}", ("uuid", uuid), ("name", name)) with { Weight = 2 };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var guest = await Calls.AskAsync(daemon.Client.DomainLookupByUuidAsync(step.Uuid("uuid"), cancellationToken), $"find guest '{step["name"]}'").ConfigureAwait(false);
        if (guest.Id >= 0)
            return;
        try
        {
            await Calls.ChangeAsync(daemon.Client.DomainCreateWithFlagsAsync(guest, 0, cancellationToken), $"start guest '{step["name"]}'").ConfigureAwait(false);
        }
        finally
        {
            daemon.Watch.Touch(guest.Uuid);
        }
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is { Id: >= 0 } ? WorkStepState.Done : WorkStepState.NotDone;

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is { } guest)
            await StopStep.EnsureOffAsync(daemon, guest, $"stop guest '{step["name"]}'", cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Pulls the plug before a guest is deleted.</summary>
internal sealed class StopStep(Daemon daemon) : StepKind
{
    public const string Kind = "stop";

    public static WorkStep For(Guid uuid, string name) =>
        StepArguments.Make("stop", Kind, $"Stop the guest {name}", ("uuid", uuid), ("name", name)) with
        {
            PointOfNoReturn = true,
        };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is { } guest)
            await EnsureOffAsync(daemon, guest, $"stop guest '{step["name"]}'", cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is { Id: >= 0 } ? WorkStepState.NotDone : WorkStepState.Done;

    public static async Task EnsureOffAsync(Daemon daemon, DomainRef guest, string doing, CancellationToken cancellationToken)
    {
        try
        {
            await daemon.Client.DomainDestroyFlagsAsync(guest, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.OperationInvalid or LibvirtErrorCode.NoDomain)
        {
            return; // Off already, or gone with its process.
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
        finally
        {
            daemon.Watch.Touch(guest.Uuid);
        }
    }
}

/// <summary>Takes a guest's definition away, with its saved memory, snapshots' descriptions and UEFI variables.</summary>
internal sealed class UndefineStep(Daemon daemon) : StepKind
{
    public const string Kind = "undefine";

    public static WorkStep For(Guid uuid, string name) =>
        StepArguments.Make("undefine", Kind, $"Remove the definition of {name}", ("uuid", uuid), ("name", name)) with
        {
            PointOfNoReturn = true,
        };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is { } guest)
            await EnsureGoneAsync(daemon, guest, $"delete guest '{step["name"]}'", cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await daemon.FindGuestAsync(step.Uuid("uuid"), cancellationToken).ConfigureAwait(false) is null ? WorkStepState.Done : WorkStepState.NotDone;

    public static async Task EnsureGoneAsync(Daemon daemon, DomainRef guest, string doing, CancellationToken cancellationToken)
    {
        try
        {
            await UndefineAsync(daemon, guest, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
        {
            return;
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
        finally
        {
            daemon.Watch.Touch(guest.Uuid);
        }
    }

    private static async Task UndefineAsync(Daemon daemon, DomainRef guest, CancellationToken cancellationToken)
    {
        // Each hypervisor knows its own flags: QEMU all, Xen that for the saved memory alone, LXC none.
        foreach (var flags in (uint[])[DefineStep.WithEverything, DefineStep.WithSavedMemory])
        {
            try
            {
                await daemon.Client.DomainUndefineFlagsAsync(guest, flags, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (LibvirtException e) when (e.Code is LibvirtErrorCode.InvalidArg or LibvirtErrorCode.ArgumentUnsupported)
            {
                continue;
            }
        }
        await daemon.Client.DomainUndefineFlagsAsync(guest, 0, cancellationToken).ConfigureAwait(false);
    }
}
