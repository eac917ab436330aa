using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

internal sealed partial class Connection
{
    public ActionState Judge(Verb verb, Guest guest)
    {
        if (Lacks(verb) is { } lack)
            return lack;
        var facts = _estate.Partition(guest.NativeId)?.Facts;
        if (facts is not null && _estate.System(facts.System) is { OtherMaster: true })
            return No("novalink-master", $"NovaLink manages {guest.Host}: this console may look, and not change. Connect to NovaLink, or take mastership over (chcomgmt).");
        if (guest.Service && verb is not (Verb.Start or Verb.ConsoleSerial))
            return No("service-guest", $"{guest.Name} serves its host's partitions with storage and network: others depend on it.");
        if (guest.Power == PowerState.Unknown)
            return No("state-unknown", $"The console does not know how it is ('{guest.Raw}'): look at the connection of {guest.Host}.");
        if (guest.Transition != Transition.None && verb is not (Verb.ConsoleSerial or Verb.Stop))
            return No("in-transition", $"It is '{guest.Raw}': wait until that is over.");
        return ByPower(verb, guest, facts);
    }

    private ActionState? Lacks(Verb verb) =>
        verb switch
        {
            Verb.Pause => None("no-pause", "PowerVM can't keep a stopped partition in memory."),
            Verb.Suspend or Verb.Resume => None("no-suspend", "Suspending partitions went with POWER8; it is not offered here."),
            Verb.Clone => None("no-clone", "PowerVM has no copies of partitions: capture it to a template, and have its storage copied by the storage."),
            Verb.SnapshotCreate or Verb.SnapshotRevert or Verb.SnapshotDelete => None("no-snapshots", "PowerVM has no snapshots: storage or PowerVC has."),
            Verb.Tag => None("no-tags", "The console keeps groups, not tags: they are shown as group.NAME and changed there."),
            Verb.Move => None("no-move", "Moving to another hypervisor needs the partition's disks, which the console does not give out."),
            Verb.ConsoleVnc => None("no-vnc", "Partitions have terminals, not screens."),
            Verb.ConsoleSerial when !HasConsole => None("no-console", "Consoles are switched off for this provider (setting console)."),
            _ => null,
        };

    private static ActionState ByPower(Verb verb, Guest guest, PartitionFacts? facts)
    {
        var unmonitored = facts is { Monitored: not true } && facts.Kind != PartitionKind.Ibmi;
        return (verb, guest.Power) switch
        {
            (Verb.Start, PowerState.Off) => ActionState.Native,
            (Verb.Start, _) => No("not-off", $"It is '{guest.Raw}'; only a partition that is not activated can be started."),
            (Verb.Stop, PowerState.Off) => No("already-off", "It is off already."),
            (Verb.Shutdown or Verb.Reboot or Verb.Reset, PowerState.Off or PowerState.Crashed or PowerState.Suspended) => No("not-on", $"It is '{guest.Raw}'; that needs a partition that is on."),
            (Verb.Shutdown or Verb.Reboot, _) when unmonitored => No("no-rmc", "The console has no RMC connection to its operating system, so it can't be asked: shut it down from inside, or stop it."),
            (Verb.Delete, PowerState.On or PowerState.Suspended or PowerState.Crashed) => No("running", "Stop it first: only a partition that is not activated is deleted."),
            (Verb.Migrate, PowerState.Crashed or PowerState.Suspended) => No("not-migratable", $"It is '{guest.Raw}': it has to run, or be off."),
            (Verb.Migrate, _) when facts is { MigrationDisabled: true } => No("migration-disabled", "Migration is disabled for this partition: chsyscfg, migr_disabled."),
            (Verb.Resize, PowerState.Suspended or PowerState.Crashed) => No("not-on", $"It is '{guest.Raw}': start or stop it first."),
            (Verb.ConsoleSerial, PowerState.Suspended) => No("not-on", "A suspended partition has no terminal."),
            _ => ActionState.Native,
        };
    }

    private static ActionState No(string code, string text) => ActionState.Refused(ActionLevel.Native, code, text);

    private static ActionState None(string code, string text) => ActionState.Refused(ActionLevel.None, code, text);
}
