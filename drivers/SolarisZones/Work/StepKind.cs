using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;

namespace Anyvisor.Drivers.SolarisZones.Work;

/// <summary>One kind of step: how to do it, to tell how far it got, and to take it back. Safe to repeat.</summary>
internal abstract class StepKind(GlobalZone zone, ZoneWatch watch)
{
    // A clone is there in a moment, an installation after minutes.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    protected GlobalZone Zone => zone;

    protected ZoneWatch Watch => watch;

    public abstract Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken);

    public abstract Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken);

    /// <summary>Takes back what the step made. Steps that make nothing have nothing to take back.</summary>
    public virtual Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The zone of a step, where it is still the one that the plan was made for.</summary>
    protected async Task<ZoneLine?> SameAsync(StepArguments step, CancellationToken cancellationToken)
    {
        var line = await zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false);
        return line is null || step.Find("id") is { } id && ObjectFactory.Identity(line).ToString() != id ? null : line;
    }

    /// <summary>The zone of a step, where the step's task made it.</summary>
    protected async Task<ZoneLine?> OwnAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var line = await zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false);
        if (line is null)
            return null;
        var shapes = await zone.DescribeAsync([line], cancellationToken).ConfigureAwait(false);
        return shapes.TryGetValue(line.Name, out var shape) && shape.Task == context.TaskId ? line : null;
    }

    /// <summary>Waits for a job's end and forgets it; throws when it failed.</summary>
    protected async Task EndOfJobAsync(string job, string doing, TimeProvider time, IProgress<double> progress, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause < LongestPause ? 2 * pause : LongestPause)
        {
            var found = await zone.LookAtJobAsync(job, cancellationToken).ConfigureAwait(false);
            if (found.State == JobState.Running)
            {
                if (JobProgress.Of(found.Said) is { } share)
                    progress.Report(share);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (found.State != JobState.None)
                await zone.ForgetJobAsync(job, cancellationToken).ConfigureAwait(false);
            if (found.State == JobState.Lost)
                throw new ProviderException(ProviderError.ProviderFault, $"Could not {doing}: the global zone went down while it was at it. Its last words: {ZoneNames.Shown(found.Said)}") { NativeCode = $"{zone.Way}:lost", OutcomeUnknown = true };
            if (found.State == JobState.Ended && found.Code != 0)
                throw CommandErrors.Translate(zone.Way, found.Code, found.Said, doing);
            return;
        }
    }
}

/// <summary>How far an installation is, by its last words: <c>Download: 6526/60332 items 34.8/492.6MB 7% complete</c>.</summary>
internal static class JobProgress
{
    public static double? Of(string said)
    {
        var at = said.LastIndexOf("% complete", StringComparison.Ordinal);
        var from = at;
        while (from > 0 && char.IsAsciiDigit(said[from - 1]))
            from--;
        return at > from && at - from <= 3 ? Math.Min(1, int.Parse(said.AsSpan(from, at - from), System.Globalization.CultureInfo.InvariantCulture) / 100.0) : null;
    }
}
