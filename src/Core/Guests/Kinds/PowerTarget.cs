using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Where each power verb leads, and what a guest's state tells of an interrupted one.</summary>
internal static class PowerTarget
{
    /// <summary>Whether the guest's state shows that the verb was done. A restart leaves no trace in it.</summary>
    public static bool IsVisible(Verb verb) => verb is not (Verb.Reboot or Verb.Reset);

    public static string Word(Verb verb) =>
        verb switch
        {
            Verb.Start or Verb.Resume => "on",
            Verb.Stop or Verb.Shutdown => "off",
            Verb.Pause => "paused",
            Verb.Suspend => "suspended",
            _ => "restarted",
        };

    public static bool Reached(Verb verb, Guest guest) =>
        verb switch
        {
            // One that has started and ended, or was paused, since then has been started.
            Verb.Start => guest.Power is PowerState.On or PowerState.Paused or PowerState.Crashed && guest.Transition != Transition.Starting,
            Verb.Resume => guest.Power == PowerState.On,
            Verb.Stop or Verb.Shutdown => guest.Power is PowerState.Off or PowerState.Suspended,
            Verb.Pause => guest.Power == PowerState.Paused,
            Verb.Suspend => guest.Power == PowerState.Suspended,
            _ => true,
        };

    /// <summary>How far an interrupted call got, by the guest as the system shows it now.</summary>
    public static WorkStepState Judge(Verb verb, Guest guest)
    {
        // Doing it twice would throw the guest down a second time: a person has to say.
        if (!IsVisible(verb))
            return guest.Transition == Transition.Rebooting ? WorkStepState.Done : WorkStepState.Unknown;
        if (guest.Power == PowerState.Unknown)
            return WorkStepState.Unknown;
        return Reached(verb, guest) || guest.Transition == OnTheWay(verb) ? WorkStepState.Done : WorkStepState.NotDone;
    }

    private static Transition? OnTheWay(Verb verb) =>
        verb switch
        {
            Verb.Start => Transition.Starting,
            Verb.Stop or Verb.Shutdown => Transition.Stopping,
            Verb.Pause => Transition.Pausing,
            Verb.Suspend => Transition.Suspending,
            Verb.Resume => Transition.Resuming,
            _ => null,
        };
}
