using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

internal sealed partial class Connection
{
    public ActionState Judge(Verb verb, Guest guest) => Judge(verb, guest, Estate.Shown(guest.NativeId));

    private ActionState Judge(Verb verb, Guest guest, GuestRecord? facts)
    {
        if (Lacks(verb) is { } lack)
            return lack;
        if (IsReadOnly && verb is not Verb.ConsoleVnc)
            return ActionState.Refused(ActionLevel.ReadOnly, "license-read-only", "This ESXi has the free licence, whose interface changes nothing: manage it through a vCenter, or give it a licence.");
        if (guest.Service)
            return No("service-guest", $"{guest.Name} belongs to vSphere itself, which makes and removes it as it needs it.");
        if (guest.Power == PowerState.Unknown)
            return No("state-unknown", $"The system does not know how it is ('{guest.Raw}'): look at its host and datastore.");
        if (guest.Lifecycle == Lifecycle.Template)
            return No("template", "It is a template: make a guest from it.");
        if (guest.Transition != Transition.None && verb is not (Verb.ConsoleVnc or Verb.Tag))
            return No("in-transition", $"A task runs on it ({guest.Transition.ToString().ToLowerInvariant()}): wait until that is over.");
        return ByPower(verb, guest, facts);
    }

    private ActionState? Lacks(Verb verb) =>
        verb switch
        {
            Verb.Pause => None("no-pause", "vSphere can't keep a stopped guest in memory: suspend keeps its memory on disk."),
            Verb.Move => None("no-move", "Moving to another hypervisor is not offered for vSphere here."),
            Verb.ConsoleSerial => None("no-serial", "A guest's serial port goes where its configuration says (a file, a pipe, a network address); vSphere itself does not hand it out."),
            Verb.Clone or Verb.Capture when !IsVCenter => None("no-vcenter", "An ESXi by itself can't copy guests: that needs a vCenter."),
            Verb.Migrate when !IsVCenter => None("no-vcenter", "An ESXi by itself knows no other host: migration needs a vCenter."),
            Verb.Tag when _client.Content.CustomFieldsManager is null => None("no-vcenter", "Custom attributes, which tags are kept in, are a vCenter's: an ESXi by itself has none."),
            _ => null,
        };

    private static ActionState ByPower(Verb verb, Guest guest, GuestRecord? facts) =>
        (verb, guest.Power) switch
        {
            (Verb.Start, PowerState.On) => No("already-on", "It is on already."),
            (Verb.Start, PowerState.Suspended) => No("suspended", "It is suspended: resume it."),
            (Verb.Resume, PowerState.Suspended) => ActionState.Native,
            (Verb.Resume, _) => No("not-suspended", $"It is '{guest.Raw}': only a suspended guest goes on."),
            (Verb.Stop, PowerState.Off) => No("already-off", "It is off already."),
            (Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Suspend, not PowerState.On) => No("not-on", $"It is '{guest.Raw}'; that needs a guest that is on."),
            (Verb.Shutdown or Verb.Reboot, _) when facts is { ToolsRun: false } => No("no-tools", "VMware Tools do not run in it, so its operating system can't be asked: shut it down from inside, or stop it."),
            (Verb.Delete, not PowerState.Off) => No("not-off", "Stop it first: only a guest that is off is deleted."),
            (Verb.Resize, PowerState.Suspended) => No("suspended", "It is suspended: its hardware can't change."),
            (Verb.Resize, PowerState.On) when facts is { CpuHotAdd: false, MemoryHotAdd: false } => No("no-hot-add", "It is on, and neither processors nor memory can be added to it while it runs (hot add is off in its configuration): stop it first."),
            (Verb.SnapshotCreate, _) when facts is not null && facts.Hardware.Traits.HasFlag(DeviceTraits.PhysicalRawDisk) && guest.Power == PowerState.On => No("physical-rdm", "A disk is a LUN in physical mode, which has no snapshots."),
            (Verb.Migrate, _) when facts is not null && facts.Hardware.Traits.HasFlag(DeviceTraits.Passthrough) && guest.Power == PowerState.On => No("passthrough", "A device of its host is handed through to it: stop it first."),
            (Verb.ConsoleVnc, not PowerState.On) => No("not-on", "It has a screen only when it is on."),
            _ => ActionState.Native,
        };

    private static ActionState No(string code, string text) => ActionState.Refused(ActionLevel.Native, code, text);

    private static ActionState None(string code, string text) => ActionState.Refused(ActionLevel.None, code, text);
}
