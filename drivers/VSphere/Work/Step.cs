using System.Globalization;
using System.Xml;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>One kind of step: safe to do, look at and undo again, wherever it was interrupted.</summary>
internal abstract class Step(Connection connection)
{
    protected Connection System { get; } = connection;

    public abstract Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    public abstract Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    /// <summary>Nothing, where what the step did goes with what another step made, or where there is no way back and the plan says so.</summary>
    public virtual Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    protected static WorkStepState DoneIf(bool done) => done ? WorkStepState.Done : WorkStepState.NotDone;

    protected static long Number(WorkStep step, string name) => long.Parse(step.Arguments[name], CultureInfo.InvariantCulture);

    protected static MoRef Object(WorkStep step, string name) => Parse(step.Arguments[name]);

    protected static MoRef? Optional(WorkStep step, string name) => step.Arguments.TryGetValue(name, out var text) ? Parse(text) : null;

    public static string Write(MoRef reference) => $"{reference.Type}:{reference.Value}";

    /// <summary>The virtual machine that the task makes; null before it did, and after it was taken away.</summary>
    protected async Task<GuestRecord?> MadeAsync(WorkContext context, CancellationToken cancellationToken) =>
        await System.FindAsync(Connection.Mark(context.TaskId), cancellationToken).ConfigureAwait(false) is { } self ? await System.ReadAsync(self, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>The virtual machine that the step is about, by the identity that it was planned with.</summary>
    protected async Task<GuestRecord> GuestAsync(WorkStep step, CancellationToken cancellationToken) =>
        await System.ReadAsync(new NativeId(step.Arguments["guest"]), cancellationToken).ConfigureAwait(false) ?? throw System.NoSuchGuest(step.Arguments["name"]);

    /// <summary>
    /// Waits for what an earlier call, whose answer was lost, may have begun: the system's tasks on this object that
    /// still run.
    /// </summary>
    protected async Task SettleAsync(MoRef on, WorkContext context, CancellationToken cancellationToken)
    {
        var recent = new RecentTasks();
        try
        {
            await System.Client.RetrieveAsync(new FilterSpec([(on.Type, ["recentTask"])], [on]), recent, "looking for running tasks", cancellationToken).ConfigureAwait(false);
            foreach (var task in recent.Tasks)
                _ = await System.EndAsync(task, context.Progress.Report, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.NativeCode == VimErrors.NoSuchObject)
        {
            // The object, or a task that had ended, is forgotten.
        }
    }

    /// <summary>Runs a call that makes something; when its answer is lost, finds out whether it was carried out.</summary>
    /// <param name="call">Returns a task.</param>
    /// <param name="on">Whose tasks it appears among.</param>
    /// <param name="shown">The guest that is shown so meanwhile; empty for none.</param>
    /// <param name="transition">As what.</param>
    /// <param name="done">Looks whether its effect is there.</param>
    /// <param name="context">The task's.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    protected async Task DoAsync(SoapCall call, MoRef on, MoRef shown, Transition transition, Func<CancellationToken, Task<bool>> done, WorkContext context, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _ = await System.RunAsync(call, shown, transition, context.Progress.Report, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ProviderException e) when (e.OutcomeUnknown)
            {
                context.Log($"The answer was lost: looking whether it was done. {e.Message}");
                await SettleAsync(on, context, cancellationToken).ConfigureAwait(false);
                if (await done(cancellationToken).ConfigureAwait(false))
                    return;
                if (attempt >= 3)
                    throw;
            }
        }
    }

    private static MoRef Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new MoRef(text[..colon], text[(colon + 1)..]);
    }

    private sealed class RecentTasks : PropertySink
    {
        public List<MoRef> Tasks { get; } = [];

        public override void Begin(MoRef self) { }

        public override void Set(string path, XmlReader value) => Tasks.AddRange(value.Refs());

        public override void Unset(string path) { }
    }
}
