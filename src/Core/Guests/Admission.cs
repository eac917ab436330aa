using System.Collections.Immutable;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>
/// Whether a verb can be done to a guest now: by the driver, the system's version, the guest's state and presence, the
/// task that works on it, and the caller's role. Never refuses without a reason.
/// </summary>
internal sealed class Admission(GuestParts parts, TaskEngine engine)
{
    private static readonly ImmutableArray<Verb> Verbs = [.. Enum.GetValues<Verb>()];

    /// <summary>All verbs, for a guest that is shown to a caller of this role.</summary>
    public ImmutableSortedDictionary<Verb, ActionState> ActionsFor(Guest guest, Role role)
    {
        var actions = ImmutableSortedDictionary.CreateBuilder<Verb, ActionState>();
        var driver = DriverOf(guest);
        var busy = engine.WorkingIn(TaskLane.Of(ObjectKind.Guest, guest.Id));
        foreach (var verb in Verbs)
            actions[verb] = Judge(verb, guest, driver, role, busy);
        return actions.ToImmutable();
    }

    /// <param name="verb">What is asked.</param>
    /// <param name="guest">Of what.</param>
    /// <param name="task">The task that asks, which is not in its own way; null for what needs no task.</param>
    /// <exception cref="CommandException">Why not.</exception>
    public void Require(Verb verb, Guest guest, string? task)
    {
        var busy = task is null ? null : engine.WorkingIn(TaskLane.Of(ObjectKind.Guest, guest.Id));
        var state = Judge(verb, guest, DriverOf(guest), Role.Operator, busy?.Id == task ? null : busy);
        if (!state.Allowed)
            throw ProblemFactory.Refused(guest.Name, VerbWords.Label(verb), state);
    }

    private DriverInfo? DriverOf(Guest guest) => parts.Calls.DriverOf(guest.Provider);

    private ActionState Judge(Verb verb, Guest guest, DriverInfo? driver, Role role, TaskInfo? busy)
    {
        var level = driver is null ? ActionLevel.None : EmulatedTags.Completed(driver).Verbs.GetValueOrDefault(verb, ActionLevel.None);
        if (driver is null || level == ActionLevel.None)
            return ActionState.Refused(ActionLevel.None, "driver", $"The driver of {guest.Provider} can't {VerbWords.Of(verb)}.");
        if (role < Role.Operator)
            return ActionState.Refused(level, "role", "Your token may only look: this needs the role 'operator'.");
        if (guest.Presence == Presence.Missing)
            return ActionState.Refused(level, "missing", $"{guest.Provider} does not show the guest any more.");
        if (parts.Calls.Connection(guest.Provider) is not { } connection)
            return ActionState.Refused(level, "unreachable", $"{guest.Provider} does not answer, so nothing can be asked of it.");
        if (guest.Lifecycle == Lifecycle.Deleted)
            return ActionState.Refused(level, "deleted", "The guest is deleted.");
        // Tags that we keep need nothing of the system.
        var state = verb == Verb.Tag && EmulatedTags.AreOurs(driver) ? ActionState.Emulated : connection.Judge(verb, guest);
        if (!state.Allowed)
            return state.Reason is null ? state with { Reason = new ActionReason("system", "The system does not allow it now.") } : state;
        if (verb is Verb.Start or Verb.Resume && parts.Inventory.RunningTwin(guest.Id) is { } twin)
            return ActionState.Refused(level, "duplicate", $"The same guest (by its UUID) may run at {twin.Provider} ({VerbWords.Of(twin.Power)}): two running copies destroy what they share.");
        if (busy is not null && verb is not (Verb.ConsoleSerial or Verb.ConsoleVnc))
            return ActionState.Refused(level, "busy", $"Task {busy.Id} ({busy.Kind}) works on it.");
        return state;
    }
}
