using System.Collections.Immutable;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>The verbs that are one call: start, stop, shutdown, reboot, reset, pause, resume, suspend.</summary>
internal sealed class PowerKind(Verb verb, GuestParts parts, Admission admission) : ITaskKind
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromMinutes(3);
    private readonly string _word = VerbWords.Of(verb);

    public string Name => NameOf(verb);

    public bool SingleCall => true;

    public static string NameOf(Verb verb) => "guest." + VerbWords.Of(verb);

    public Task ReadyAsync(TaskOrder order, Action<string> log, CancellationToken cancellationToken) => parts.ReadyAsync(order, log, cancellationToken);

    public Task<WorkPlan> PlanAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var guest = parts.GuestOf(order);
        admission.Require(verb, guest, order.Id);
        ImmutableArray<WorkStep> steps =
        [
            // A power change is not taken back: whoever asked for it got it.
            new WorkStep(_word, $"{VerbWords.Label(verb)} {guest.Name}", ImmutableSortedDictionary<string, string>.Empty) { PointOfNoReturn = true },
        ];
        if (PowerTarget.IsVisible(verb))
            steps = steps.Add(ObserveStep.Make($"See {guest.Name} {PowerTarget.Word(verb)}"));
        return Task.FromResult(new WorkPlan { Steps = steps, Host = guest.Host });
    }

    public async Task RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        var guest = parts.GuestOf(order);
        using var cause = parts.Inventory.NoteCause(guest.Id, order.Id);
        if (ObserveStep.Is(step))
            await ObserveAsync(order, guest, context, cancellationToken).ConfigureAwait(false);
        else
            await ApplyAsync(order, guest, cancellationToken).ConfigureAwait(false);
    }

    public async Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        if (ObserveStep.Is(step))
            return WorkStepState.NotDone;
        var known = parts.GuestOf(order);
        return await parts.Calls.ReadGuestAsync(known.Provider, known.NativeId, cancellationToken).ConfigureAwait(false) is { } guest
            ? PowerTarget.Judge(verb, guest)
            : throw ProblemFactory.NotFound("guest", known.Name);
    }

    public Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult(order.Target.Id);

    private async Task ObserveAsync(TaskOrder order, Guest guest, StepContext context, CancellationToken cancellationToken)
    {
        bool Seen() => parts.Inventory.Get<Guest>(guest.Id) is not { } now || PowerTarget.Reached(verb, now);
        if (verb != Verb.Shutdown)
        {
            await ObserveStep.RunAsync(parts, order, Seen, context, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (!await parts.Observer.WaitAsync(Seen, () => parts.Calls.Refresh(guest.Provider), ShutdownPatience, cancellationToken).ConfigureAwait(false))
            throw new TimeoutException(
                $"{guest.Name} was asked to shut down and has not ended within {ShutdownPatience.TotalSeconds:0} s: its operating system may not listen. 'stop' pulls the plug."
            );
    }

    private Task ApplyAsync(TaskOrder order, Guest guest, CancellationToken cancellationToken) =>
        verb switch
        {
            Verb.Start when order.Read(CommandJson.Default.PowerBody).Settings is { IsEmpty: false } settings =>
                CallAsync<IGuestStartSettings>(guest, (f, t) => f.StartAsync(guest, GuestSecrets.Whole(settings, order.Secrets), t), cancellationToken),
            Verb.Start => CallAsync<IGuestPower>(guest, (f, t) => f.StartAsync(guest, t), cancellationToken),
            Verb.Stop => CallAsync<IGuestPower>(guest, (f, t) => f.StopAsync(guest, t), cancellationToken),
            Verb.Shutdown => CallAsync<IGuestShutdown>(guest, (f, t) => f.ShutdownAsync(guest, t), cancellationToken),
            Verb.Reboot => CallAsync<IGuestShutdown>(guest, (f, t) => f.RebootAsync(guest, t), cancellationToken),
            Verb.Reset => CallAsync<IGuestReset>(guest, (f, t) => f.ResetAsync(guest, t), cancellationToken),
            Verb.Pause => CallAsync<IGuestPause>(guest, (f, t) => f.PauseAsync(guest, t), cancellationToken),
            Verb.Suspend => CallAsync<IGuestSuspend>(guest, (f, t) => f.SuspendAsync(guest, t), cancellationToken),
            // From suspended where the connection can suspend; the facets agree on what they share.
            Verb.Resume when guest.Power == PowerState.Suspended => CallAsync<IGuestSuspend>(guest, (f, t) => f.ResumeAsync(guest, t), cancellationToken),
            Verb.Resume => CallAsync<IGuestPause>(guest, (f, t) => f.ResumeAsync(guest, t), cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(guest), verb, "not a power verb"),
        };

    private Task CallAsync<TFacet>(Guest guest, Func<TFacet, CancellationToken, Task> call, CancellationToken cancellationToken)
        where TFacet : class => parts.Calls.CallAsync(guest.Provider, _word, call, CallDeadline, cancellationToken);
}
