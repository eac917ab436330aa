using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Work;

/// <summary>Writes a new zone's configuration, with the task's mark in it.</summary>
internal sealed class ConfigureStep(GlobalZone zone, ZoneWatch watch) : StepKind(zone, watch)
{
    public const string Kind = "configure";

    public static WorkStep For(string name, IEnumerable<string> commands) =>
        StepArguments.Make("configure", Kind, $"Configure the zone {name}", ("zone", name), ("commands", string.Join('\n', commands))) with { Weight = 0.1 };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var name = step["zone"];
        if (await OwnAsync(step, context, cancellationToken).ConfigureAwait(false) is not null)
            return;
        if (await Zone.FindAsync(name, cancellationToken).ConfigureAwait(false) is not null)
            throw new ProviderException(ProviderError.Conflict, $"There is a zone '{name}' already, and this task did not make it.");
        _ = await Zone.ConfigureAsync(name, step.Lines("commands"), live: false, $"configure zone '{name}'", cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await OwnAsync(step, context, cancellationToken).ConfigureAwait(false) is null ? WorkStepState.NotDone : WorkStepState.Done;

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await OwnAsync(step, context, cancellationToken).ConfigureAwait(false) is not { } line)
            return;
        _ = await Zone.ConfigureAsync(line.Name, ["delete -F"], live: false, $"take back zone '{line.Name}'", cancellationToken).ConfigureAwait(false);
        Watch.Touch(line.Name);
    }
}

/// <summary>A long command that fills a configured zone: install, clone, attach. It goes on when our line breaks, and is found again.</summary>
internal sealed class FillStep(GlobalZone zone, ZoneWatch watch, TimeProvider time) : StepKind(zone, watch)
{
    public const string Kind = "fill";

    public static WorkStep For(string name, string label, IEnumerable<string> verb, string step = "install") =>
        StepArguments.Make(step, Kind, label, ("zone", name), ("verb", string.Join('\n', verb))) with { Weight = 20 };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var (name, job) = (step["zone"], Job(step, context));
        var verb = step.Lines("verb");
        var doing = $"{verb[0]} zone '{name}'";
        try
        {
            if (await FilledAsync(step, cancellationToken).ConfigureAwait(false) is not { } filled)
                throw new ProviderException(ProviderError.NotFound, $"Could not {doing}: it is not there any more.");
            if (!filled)
                await Zone.StartJobAsync(job, name, verb, cancellationToken).ConfigureAwait(false);
            await EndOfJobAsync(job, doing, time, context.Progress, cancellationToken).ConfigureAwait(false);
            if (await FilledAsync(step, cancellationToken).ConfigureAwait(false) is not true)
                throw new ProviderException(ProviderError.ProviderFault, $"Could not {doing}: {Zone.Way} says that it is done, and the zone is not installed.") { NativeCode = $"{Zone.Way}:0" };
        }
        finally
        {
            Watch.Touch(name);
            Watch.TouchAround();
        }
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await FilledAsync(step, cancellationToken).ConfigureAwait(false) is true)
            return WorkStepState.Done;
        var job = await Zone.LookAtJobAsync(Job(step, context), cancellationToken).ConfigureAwait(false);
        return job.State is JobState.None ? WorkStepState.NotDone : WorkStepState.Partial;
    }

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        // What is being installed can't be taken away: its end is near enough.
        while ((await Zone.LookAtJobAsync(Job(step, context), cancellationToken).ConfigureAwait(false)).State == JobState.Running)
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(false);
        await Zone.ForgetJobAsync(Job(step, context), cancellationToken).ConfigureAwait(false);
        if (await OwnAsync(step, context, cancellationToken).ConfigureAwait(false) is not { } line || line.State == "configured")
            return;
        if (Mapping.State(line.State).Power == PowerState.On)
            await Zone.DoAsync(line.Name, "halt", cancellationToken).ConfigureAwait(false);
        var job = Job(step, context) + "-undo";
        await Zone.StartJobAsync(job, line.Name, ["uninstall", "-F"], cancellationToken).ConfigureAwait(false);
        await EndOfJobAsync(job, $"take back zone '{line.Name}'", time, context.Progress, cancellationToken).ConfigureAwait(false);
        Watch.Touch(line.Name);
    }

    private static string Job(StepArguments step, WorkContext context) => $"{context.TaskId}-{step.Name}";

    /// <summary>Null when there is no such zone.</summary>
    private async Task<bool?> FilledAsync(StepArguments step, CancellationToken cancellationToken) =>
        await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is { } line
            ? Mapping.State(line.State) is { Lifecycle: Lifecycle.Provisioned }
            : null;
}

internal sealed class BootStep(GlobalZone zone, ZoneWatch watch) : StepKind(zone, watch)
{
    public const string Kind = "boot";

    public static WorkStep For(string name) => StepArguments.Make("boot", Kind, $"Boot the zone {name}", ("zone", name));

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) != WorkStepState.Done)
            await Zone.DoAsync(step["zone"], "boot", cancellationToken).ConfigureAwait(false);
        Watch.Touch(step["zone"]);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is { } line && Mapping.State(line.State).Power == PowerState.On ? WorkStepState.Done : WorkStepState.NotDone;

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await OwnAsync(step, context, cancellationToken).ConfigureAwait(false) is { } line && Mapping.State(line.State).Power == PowerState.On)
            await Zone.DoAsync(line.Name, "halt", cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>A long command that empties a zone: uninstall, or detach, which leaves its files.</summary>
internal sealed class EmptyStep(GlobalZone zone, ZoneWatch watch, TimeProvider time) : StepKind(zone, watch)
{
    public const string Kind = "empty";

    public static WorkStep For(ZoneLine line, bool keepFiles) =>
        StepArguments.Make(
            "empty", Kind, keepFiles ? $"Detach the zone {line.Name} from its files" : $"Uninstall the zone {line.Name}",
            ("zone", line.Name), ("id", ObjectFactory.Identity(line).ToString()), ("verb", keepFiles ? "detach" : "uninstall\n-F")) with
        {
            Weight = 3,
            PointOfNoReturn = !keepFiles,
        };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) == WorkStepState.Done)
            return;
        var job = $"{context.TaskId}-{step.Name}";
        await Zone.StartJobAsync(job, step["zone"], step.Lines("verb"), cancellationToken).ConfigureAwait(false);
        await EndOfJobAsync(job, $"{step.Lines("verb")[0]} zone '{step["zone"]}'", time, context.Progress, cancellationToken).ConfigureAwait(false);
        Watch.Touch(step["zone"]);
        Watch.TouchAround();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is not { State: not "configured" } line || Other(step, line) ? WorkStepState.Done
        : (await Zone.LookAtJobAsync($"{context.TaskId}-{step.Name}", cancellationToken).ConfigureAwait(false)).State == JobState.None ? WorkStepState.NotDone
        : WorkStepState.Partial;

    // Another zone has the name since.
    private static bool Other(StepArguments step, ZoneLine line) => line.Uuid is not null && ObjectFactory.Identity(line).ToString() != step["id"];
}

/// <summary>Deletes the configuration of a zone that is empty.</summary>
internal sealed class DeleteStep(GlobalZone zone, ZoneWatch watch) : StepKind(zone, watch)
{
    public const string Kind = "delete";

    public static WorkStep For(string name) =>
        StepArguments.Make("delete", Kind, $"Delete the zone {name}", ("zone", name)) with { PointOfNoReturn = true };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var name = step["zone"];
        if (await Zone.FindAsync(name, cancellationToken).ConfigureAwait(false) is { State: "configured" })
            _ = await Zone.ConfigureAsync(name, ["delete -F"], live: false, $"delete zone '{name}'", cancellationToken).ConfigureAwait(false);
        Watch.Touch(name);
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is { State: "configured" } ? WorkStepState.NotDone : WorkStepState.Done;
}
