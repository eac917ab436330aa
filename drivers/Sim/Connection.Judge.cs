using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

internal sealed partial class Connection
{
    public ActionState Judge(Verb verb, Guest guest)
    {
        if (Lacks(verb, guest) is { } lack)
            return lack;
        if (guest.Service && verb is Verb.Stop or Verb.Shutdown or Verb.Reset or Verb.Delete or Verb.Clone or Verb.Rename or Verb.Migrate or Verb.Suspend or Verb.Pause)
            return No("service-guest", $"{guest.Name} serves its host: other guests depend on it.");
        if (guest.Lifecycle is Lifecycle.Template && verb is not (Verb.Clone or Verb.Delete or Verb.Rename or Verb.Tag))
            return No("template", "A template can't run: clone it.");
        return ByPower(verb, guest);
    }

    /// <summary>What the guest's platform has not got, whatever its state.</summary>
    private ActionState? Lacks(Verb verb, Guest guest)
    {
        if (!estate.TryHost(guest.Host, out var host))
            return ActionState.Refused(ActionLevel.None, "no-host", "The guest is on no host.");
        var platform = estate.Layout.PlatformOf(host);
        var name = platform.Hypervisor.Name;
        return verb switch
        {
            Verb.ConsoleVnc => None("no-vnc", "The simulated estate has serial consoles alone."),
            Verb.Pause when !platform.Has(PowerState.Paused) => None("no-pause", $"{name} can't keep a stopped guest in memory."),
            Verb.Suspend when !platform.Has(PowerState.Suspended) => None("no-suspend", $"{name} can't save a guest's memory to disk."),
            Verb.Resume when !platform.Has(PowerState.Paused) && !platform.Has(PowerState.Suspended) => None("no-resume", $"{name} has neither pause nor suspend."),
            Verb.SnapshotCreate or Verb.SnapshotRevert or Verb.SnapshotDelete when guest.Kind == GuestKind.Partition =>
                None("no-snapshots", $"{name} has no snapshots."),
            Verb.Capture when guest.Kind is GuestKind.Container or GuestKind.Zone => None("no-capture", $"{name} makes no images of a {guest.Kind.ToString().ToLowerInvariant()}."),
            Verb.Migrate when guest.Kind is GuestKind.Container or GuestKind.Zone => None("no-migrate", $"{name} can't migrate a {guest.Kind.ToString().ToLowerInvariant()}."),
            Verb.Move => None("no-move", "Moving guests between hypervisors needs their disks; simulated guests have none."),
            _ => null,
        };
    }

    private static ActionState ByPower(Verb verb, Guest guest) =>
        (verb, guest.Power) switch
        {
            (Verb.Start, PowerState.Off or PowerState.Crashed or PowerState.Suspended) => ActionState.Native,
            (Verb.Start, _) => No("not-off", $"It is {Word(guest)}; only a guest that is off can be started."),
            (Verb.Stop, PowerState.Off) => No("already-off", "It is off already."),
            (Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Pause or Verb.Suspend or Verb.ConsoleSerial, PowerState.On) => ActionState.Native,
            (Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Pause or Verb.Suspend or Verb.ConsoleSerial, _) => No("not-on", $"It is {Word(guest)}; that needs a guest that is on."),
            (Verb.Resume, PowerState.Paused or PowerState.Suspended) => ActionState.Native,
            (Verb.Resume, _) => No("not-paused", $"It is {Word(guest)}; only a guest that is paused or suspended can go on."),
            (Verb.Delete, PowerState.On or PowerState.Paused) => No("running", "Stop it first: a running guest is not deleted."),
            _ => ActionState.Native,
        };

    private static string Word(Guest guest) => guest.Power.ToString().ToLowerInvariant();

    private static ActionState No(string code, string text) => ActionState.Refused(ActionLevel.Native, code, text);

    private static ActionState None(string code, string text) => ActionState.Refused(ActionLevel.None, code, text);
}
