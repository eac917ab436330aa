using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

internal sealed partial class Connection
{
    public ActionState Judge(Verb verb, Guest guest) => Lacks(verb, guest) ?? ByState(verb, guest);

    /// <summary>What this system, this way to it or this brand has not got, whatever the zone's state.</summary>
    private ActionState? Lacks(Verb verb, Guest guest)
    {
        var known = _watch.Find(guest.NativeId);
        var rad = _zone.Commands is null;
        return verb switch
        {
            Verb.Pause => None("no-pause", "Zones can't be paused: a kernel zone can be suspended."),
            Verb.Tag when rad => None("rad-no-tags", "Tags are attrs of the configuration, which RAD's zone manager does not take away again: add the global zone by ssh:// too."),
            Verb.Capture => None("no-capture", "A zone is its own template: clone it."),
            Verb.Move => None("no-move", "A zone shares its host's kernel: another hypervisor can't run it."),
            Verb.ConsoleVnc => None("no-vnc", "Zones are reached by their serial console."),
            Verb.ConsoleSerial when rad => None("rad-no-console", "RAD has no consoles: add the global zone by ssh:// too."),
            Verb.SnapshotCreate or Verb.SnapshotRevert or Verb.SnapshotDelete when rad => None("rad-no-snapshots", "RAD's zone manager has no snapshots: add the global zone by ssh:// too."),
            Verb.Suspend when known?.Line.Brand != "solaris-kz" => None("no-suspend", "Only kernel zones (brand solaris-kz) can be suspended."),
            Verb.Suspend when known is { Shape.CanSuspend: false } => None("no-suspend-resource", "Its configuration has no suspend resource that says where its memory goes: zonecfg 'add suspend; set path=...'."),
            Verb.Resume when known?.Line.Brand != "solaris-kz" => None("no-resume", "Only kernel zones (brand solaris-kz) can be suspended and go on."),
            Verb.Migrate when rad => None("rad-no-migrate", "A zone is brought away with its ZFS datasets, which RAD's zone manager does not know: add the global zone by ssh:// too."),
            Verb.Migrate when Facts.Flavor == Flavor.SmartOs => None("smartos-no-migrate", "SmartOS brings its zones elsewhere by the tools of a Triton data centre alone."),
            Verb.Migrate when known?.Line.Brand is "solaris-kz" or "bhyve" or "kvm" => None("machine-no-migrate", "Its disks are devices of their own, beside its dataset: only zones that share the kernel are brought to another global zone."),
            Verb.Clone when Facts.Flavor == Flavor.SmartOs => None("no-clone", "SmartOS makes zones from images: vmadm clones none."),
            _ => null,
        };
    }

    private static ActionState ByState(Verb verb, Guest guest) => (verb, guest.Power) switch
    {
        _ when guest.Lifecycle == Lifecycle.Defined && verb is not (Verb.Delete or Verb.Rename or Verb.Resize) => No("not-installed", "The zone is configured and not installed: install it first."),
        (Verb.Start, PowerState.Off or PowerState.Crashed or PowerState.Suspended) => ActionState.Native,
        (Verb.Start, _) => No("not-off", $"It is {Word(guest)}; only a zone that is off can be started."),
        (Verb.Stop, PowerState.Off) => No("already-off", "It is off already."),
        (Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Suspend or Verb.ConsoleSerial, PowerState.On) => ActionState.Native,
        (Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Suspend or Verb.ConsoleSerial, _) => No("not-on", $"It is {Word(guest)}; that needs a zone that is on."),
        (Verb.Resume, PowerState.Suspended) => ActionState.Native,
        (Verb.Resume, _) => No("not-suspended", $"It is {Word(guest)}; only a zone that is suspended can go on."),
        (Verb.Delete, PowerState.On or PowerState.Unknown) => No("running", "Stop it first: a running zone is not deleted."),
        (Verb.Rename or Verb.Clone or Verb.SnapshotRevert or Verb.Migrate, not PowerState.Off) => No("not-off", $"It is {Word(guest)}; that needs a zone that is off."),
        _ => ActionState.Native,
    };

    private static string Word(Guest guest) => guest.Power.ToString().ToLowerInvariant();

    private static ActionState No(string code, string text) => ActionState.Refused(ActionLevel.Native, code, text);

    private static ActionState None(string code, string text) => ActionState.Refused(ActionLevel.None, code, text);
}
