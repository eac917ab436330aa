using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

internal sealed partial class Connection
{
    public ActionState Judge(Verb verb, Guest guest) => Judge(verb, guest, _estate.Machine(guest.NativeId)?.Facts);

    private static ActionState Judge(Verb verb, Guest guest, VmFacts? facts)
    {
        if (Lacks(verb) is { } lack)
            return lack;
        if (guest.Lifecycle == Lifecycle.Error)
            return No("failed", $"It is '{guest.Raw}': delete it, or have the provider look at it.");
        if (guest.Power == PowerState.Unknown)
            return No("state-unknown", $"The system does not know how it is ('{guest.Raw}').");
        if (guest.Transition != Transition.None && verb is not (Verb.ConsoleVnc or Verb.Tag))
            return No("in-transition", "A task runs on it: wait until that is over.");
        if (ByPower(verb, guest, facts) is { } state)
            return state;
        // What a user may do, the links say; a document without any (an old recording) says nothing.
        return facts is { Allowed.IsEmpty: false } && LinkOf(verb, facts) is { } link && !facts.Allowed.Contains(link)
            ? No("no-right", $"The system offers it no '{link}' now: the user has not the right, or the state does not allow it.")
            : ActionState.Native;
    }

    private static ActionState? Lacks(Verb verb) =>
        verb switch
        {
            Verb.Pause => None("no-pause", "Cloud Director can't keep a stopped guest in memory: suspend keeps its memory on disk."),
            Verb.Migrate => None("no-migrate", "Tenants of a Cloud Director can't choose hosts: its provider migrates, in vCenter."),
            Verb.Move => None("no-move", "Moving to another hypervisor is not offered for Cloud Director here."),
            Verb.Capture => None("no-capture", "Capturing to a catalog is not offered here."),
            Verb.ConsoleSerial => None("no-serial", "Cloud Director gives out screens, not serial ports."),
            _ => null,
        };

    private static ActionState? ByPower(Verb verb, Guest guest, VmFacts? facts) =>
        (verb, guest.Power) switch
        {
            (Verb.Start, PowerState.On) => No("already-on", "It is on already."),
            (Verb.Start, PowerState.Suspended) => No("suspended", "It is suspended: resume it."),
            (Verb.Resume, not PowerState.Suspended) => No("not-suspended", $"It is '{guest.Raw}': only a suspended guest goes on."),
            (Verb.Stop, PowerState.Off) => No("already-off", "It is off already."),
            (Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Suspend, not PowerState.On) => No("not-on", $"It is '{guest.Raw}'; that needs a guest that is on."),
            (Verb.Delete, not PowerState.Off) => No("not-off", "Stop it first: only a guest that is off is deleted."),
            (Verb.Resize, PowerState.Suspended) => No("suspended", "It is suspended: its hardware can't change."),
            (Verb.Resize, PowerState.On) when facts is { CpuHotAdd: false, MemoryHotAdd: false } => No("no-hot-add", "It is on, and neither processors nor memory can be added to it while it runs: stop it first."),
            (Verb.SnapshotRevert or Verb.SnapshotDelete, _) when facts is { HasSnapshot: false } => No("no-snapshot", "It has no snapshot."),
            (Verb.ConsoleVnc, not PowerState.On) => No("not-on", "It has a screen only when it is on."),
            _ => null,
        };

    /// <summary>The relation of the link that has to be there.</summary>
    private static string? LinkOf(Verb verb, VmFacts facts) =>
        verb switch
        {
            Verb.Start or Verb.Resume => facts.Allowed.Contains("deploy") ? null : "power:powerOn",
            Verb.Stop => facts.Allowed.Contains("undeploy") ? null : "power:powerOff",
            Verb.Shutdown => "power:shutdown",
            Verb.Reboot => "power:reboot",
            Verb.Reset => "power:reset",
            Verb.Suspend => "power:suspend",
            Verb.Rename => "edit",
            Verb.SnapshotCreate => "snapshot:create",
            Verb.SnapshotRevert => "snapshot:revertToCurrent",
            Verb.SnapshotDelete => "snapshot:removeAll",
            _ => null,
        };

    private static ActionState No(string code, string text) => ActionState.Refused(ActionLevel.Native, code, text);

    private static ActionState None(string code, string text) => ActionState.Refused(ActionLevel.None, code, text);
}
