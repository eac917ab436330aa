using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

internal partial class Connection
{
    public ActionState Judge(Verb verb, Guest guest) => Judge(verb, guest, _watch.Find(UserOf(guest)));

    private ActionState Judge(Verb verb, Guest guest, KnownUser? known)
    {
        if (Lacks(verb) is { } lack)
            return lack;
        if (known is { ManagedBy: null })
            return ActionState.Refused(ActionLevel.ReadOnly, "not-registered", $"{guest.Name} is not registered with the cloud connector: register it there (action register_vm), or use the management API (smapi://).");
        if (known?.Entry is { CanLogOn: false })
            return ActionState.Refused(ActionLevel.ReadOnly, "nolog", $"{guest.Name} can't be logged on (NOLOG): it only owns disks.");
        if (guest.Service && verb is Verb.Stop or Verb.Shutdown or Verb.Reset or Verb.Reboot or Verb.Pause or Verb.Delete or Verb.Migrate or Verb.Capture or Verb.Resize)
            return No(verb, "service-guest", $"{guest.Name} serves the system: other guests depend on it.");
        return ByPower(verb, guest);
    }

    /// <summary>What this way to z/VM has not got, whatever the guest.</summary>
    private ActionState? Lacks(Verb verb) => verb switch
    {
        Verb.Suspend => None("no-suspend", "z/VM can't save a user's memory to disk."),
        Verb.Rename => None("no-rename", "A user id is the user's identity: z/VM can't change it."),
        Verb.Tag => None("no-tags", "The user directory has no tags."),
        Verb.Clone => None("no-clone", "Capture it to an image and create another from that."),
        Verb.SnapshotCreate or Verb.SnapshotRevert or Verb.SnapshotDelete => None("no-snapshots", "z/VM has no snapshots."),
        Verb.Move => None("no-move", "Minidisks can't be read from outside z/VM."),
        Verb.ConsoleVnc => None("no-vnc", "A z/VM user has a line console and no screen."),
        Verb.Capture when _site.First.System is not FeilongSystem => None("no-connector", "Images are kept by the cloud connector; the management API has none."),
        Verb.ConsoleSerial when _site.First.System is not FeilongSystem => None("no-connector", "The management API sends consoles to a reader on z/VM itself: the cloud connector is needed to see them."),
        Verb.Migrate when _site.Members.Length < 2 => None("no-cluster", _site.Cluster is null ? "The system is no member of an SSI cluster." : "The provider's setting members names no other member of the cluster."),
        _ => null,
    };

    private ActionState ByPower(Verb verb, Guest guest) => (verb, guest.Power) switch
    {
        (Verb.Start, PowerState.Off or PowerState.Unknown) => ActionState.Native,
        (Verb.Start, _) => No(verb, "not-off", $"It is {Word(guest)}; only a user that is logged off can be started."),
        (Verb.Stop, PowerState.Off) => No(verb, "already-off", "It is off already."),
        (Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Pause or Verb.Capture, PowerState.On) => ActionState.Native,
        (Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Pause or Verb.Capture, _) => No(verb, "not-on", $"It is {Word(guest)}; that needs a guest that is on."),
        (Verb.Resume, PowerState.Paused) => ActionState.Native,
        // A stopped user looks like a running one: somebody else may have stopped it.
        (Verb.Resume, _) => No(verb, "not-paused", $"It is {Word(guest)}; only a guest that was paused here can go on."),
        (Verb.ConsoleSerial, PowerState.On or PowerState.Paused) => new ActionState(true, ActionLevel.Native),
        (Verb.ConsoleSerial, _) => No(verb, "not-on", $"It is {Word(guest)}; its console is kept while it is logged on."),
        (Verb.Delete, PowerState.On or PowerState.Paused) => No(verb, "running", "Stop it first: a user that is logged on is not deleted."),
        (Verb.Migrate, PowerState.On) => ActionState.Native,
        (Verb.Migrate, PowerState.Off) => _site.First.System is FeilongSystem ? ActionState.Emulated : No(verb, "not-on", "It is off: start it on whichever member it is to run on."),
        (Verb.Migrate, _) => No(verb, "not-on", $"It is {Word(guest)}; relocation needs a guest that runs."),
        (Verb.Resize, PowerState.Paused) => No(verb, "paused", "It is paused: its Linux could not take new processors and memory."),
        _ => ActionState.Native,
    };

    private static string Word(Guest guest) => guest.Power.ToString().ToLowerInvariant();

    private static ActionState No(Verb verb, string code, string text) =>
        ActionState.Refused(verb == Verb.Migrate ? ActionLevel.Emulated : ActionLevel.Native, code, text);

    private static ActionState None(string code, string text) => ActionState.Refused(ActionLevel.None, code, text);
}
