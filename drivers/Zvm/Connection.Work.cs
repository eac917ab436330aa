using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Work;

namespace Anyvisor.Drivers.Zvm;

internal partial class Connection
{
    public async Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (step.Name is Steps.Capture)
        {
            await RunCaptureAsync(step, cancellationToken).ConfigureAwait(false);
            return;
        }
        var user = step.Text("user");
        try
        {
            await (step.Name switch
            {
                Steps.Define => DefineAsync(step, user, context, cancellationToken),
                Steps.Deploy => DeployAsync(step, user, context, cancellationToken),
                Steps.Start => StartUserAsync(step, user, cancellationToken),
                Steps.Delete => DeleteAsync(step, user, null, cancellationToken),
                Steps.Relocate => RelocateAsync(step, user, cancellationToken),
                Steps.Register => RegisterAsync(step.Text("from"), step.Text("to"), user, cancellationToken),
                _ when step.Name.StartsWith(Steps.Nic, StringComparison.Ordinal) => NicAsync(step, user, context, cancellationToken),
                _ => throw Steps.Unknown(step),
            }).ConfigureAwait(false);
        }
        finally
        {
            _watch.Touch(user);
        }
    }

    public async Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (step.Name is Steps.Capture)
            return await HasImageAsync(step, cancellationToken).ConfigureAwait(false) ? WorkStepState.Done : WorkStepState.NotDone;
        var user = step.Text("user");
        var entry = await _reader.EntryAsync(user, cancellationToken).ConfigureAwait(false);
        switch (step.Name)
        {
            case Steps.Define:
                return entry is null ? WorkStepState.NotDone : !IsOurs(entry, context) ? WorkStepState.Unknown : entry.Disks.IsEmpty ? WorkStepState.Partial : WorkStepState.Done;
            case Steps.Deploy:
                // Nothing tells how far a copy got; laying the image again makes it whole.
                return WorkStepState.Partial;
            case Steps.Start:
                return entry is not null && (await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false)).RunsOn is not null ? WorkStepState.Done : WorkStepState.NotDone;
            case Steps.Delete:
                return entry is null ? WorkStepState.Done : WorkStepState.NotDone;
            case Steps.Relocate:
                var on = (await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false)).RunsOn;
                return on == step.Text("to") ? WorkStepState.Done : on == step.Text("from") ? WorkStepState.NotDone : WorkStepState.Unknown;
            case Steps.Register:
                return await IsManagedByAsync(step.Text("to"), user, cancellationToken).ConfigureAwait(false) ? WorkStepState.Done : WorkStepState.NotDone;
            default:
                return !step.Name.StartsWith(Steps.Nic, StringComparison.Ordinal) ? throw Steps.Unknown(step)
                    : entry?.Nics.Any(nic => nic.Vdev == step.Text("vdev") && nic.Lan == step.Text("network")) == true ? WorkStepState.Done : WorkStepState.NotDone;
        }
    }

    public async Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        switch (step.Name)
        {
            case Steps.Define:
                await DeleteAsync(step, step.Text("user"), context, cancellationToken).ConfigureAwait(false);
                break;
            case Steps.Register:
                await RegisterAsync(step.Text("to"), step.Text("from"), step.Text("user"), cancellationToken).ConfigureAwait(false);
                _watch.Touch(step.Text("user"));
                break;
            case Steps.Capture:
                await UndoCaptureAsync(step, cancellationToken).ConfigureAwait(false);
                break;
            default:
                // The user goes with its disks, adapters and what it runs; a relocated guest stays where it is.
                break;
        }
    }

    private static bool IsOurs(UserEntry entry, WorkContext context) => string.Equals(entry.Task, context.TaskId, StringComparison.OrdinalIgnoreCase);

    private IZvmSystem SystemOf(WorkStep step, string argument = "member") =>
        _site.Find(step.Text(argument))?.System ?? throw new ProviderException(ProviderError.NotFound, $"This provider has no line to {step.Text(argument)} any more");

    private async Task DefineAsync(WorkStep step, string user, WorkContext context, CancellationToken cancellationToken)
    {
        if (await _reader.EntryAsync(user, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            if (!IsOurs(entry, context))
                throw new ProviderException(ProviderError.Conflict, $"{user} is in the directory already, and this task did not make it");
            if (!entry.Disks.IsEmpty)
                return;
            await SystemOf(step).DeleteAsync(user, cancellationToken).ConfigureAwait(false);
        }
        await SystemOf(step).DefineAsync(
            new NewUser(
                user,
                (int)step.Number("vcpus"),
                step.Number("memory"),
                step.Number("max-memory"),
                (int)step.Number("max-vcpus"),
                step.Number("disk"),
                step.Text("pool") is { Length: > 0 } pool ? pool : null,
                step.Text("profile") is { Length: > 0 } profile ? profile : null,
                [.. step.Text("networks").Split(' ', StringSplitOptions.RemoveEmptyEntries)],
                context.TaskId),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task DeployAsync(WorkStep step, string user, WorkContext context, CancellationToken cancellationToken)
    {
        if ((await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false)).RunsOn is not null)
        {
            context.Log($"{user} runs already: its disk is left as it is");
            return;
        }
        await ((FeilongSystem)SystemOf(step)).DeployAsync(user, step.Text("image"), step.Text("hostname"), cancellationToken).ConfigureAwait(false);
    }

    private async Task NicAsync(WorkStep step, string user, WorkContext context, CancellationToken cancellationToken)
    {
        if (await InspectStepAsync(step, context, cancellationToken).ConfigureAwait(false) != WorkStepState.Done)
            await SystemOf(step).ConnectNicAsync(user, step.Text("vdev"), step.Text("network"), cancellationToken).ConfigureAwait(false);
    }

    private async Task StartUserAsync(WorkStep step, string user, CancellationToken cancellationToken)
    {
        if ((await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false)).RunsOn is null)
            await SystemOf(step).StartAsync(user, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="step">Which.</param>
    /// <param name="user">Whom.</param>
    /// <param name="onlyOf">Delete it only when this task made it; null for a delete that was asked for.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    private async Task DeleteAsync(WorkStep step, string user, WorkContext? onlyOf, CancellationToken cancellationToken)
    {
        if (await _reader.EntryAsync(user, cancellationToken).ConfigureAwait(false) is not { } entry || (onlyOf is not null && !IsOurs(entry, onlyOf)))
            return;
        if ((await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false)).RunsOn is { } runsOn)
        {
            if (onlyOf is null)
                throw new ProviderException(ProviderError.Conflict, $"{user} was logged on meanwhile: stop it before it is deleted");
            await (_site.Find(runsOn)?.System ?? SystemOf(step)).StopAsync(user, cancellationToken).ConfigureAwait(false);
        }
        await SystemOf(step).DeleteAsync(user, cancellationToken).ConfigureAwait(false);
        _watch.Touch(user);
    }
}
