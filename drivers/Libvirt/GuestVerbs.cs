using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>Whether a verb can be done to a guest as it was last seen: pure, asked for every guest on every page.</summary>
internal static class GuestVerbs
{
    /// <param name="traits">The hypervisor.</param>
    /// <param name="verb">What is asked.</param>
    /// <param name="guest">As last seen.</param>
    /// <param name="facts">What the common model does not hold; null when the guest has not been read yet.</param>
    public static ActionState Judge(HypervisorTraits traits, Verb verb, Guest guest, GuestFacts? facts)
    {
        if (traits.Lacks.TryGetValue(verb, out var lack))
            return ActionState.Refused(ActionLevel.None, "not-capable", lack);
        if (guest.Service && verb is not (Verb.ConsoleSerial or Verb.Resize or Verb.Tag))
            return ActionState.Refused(ActionLevel.ReadOnly, "service-guest", $"{guest.Name} is the host's own system: what stops it stops every guest.");
        return verb switch
        {
            Verb.Start => guest.Power switch
            {
                PowerState.Off or PowerState.Suspended => ActionState.Native,
                PowerState.Crashed => Refused("crashed", "It crashed and is still held: stop it first."),
                PowerState.Unknown => UnknownPower(),
                _ => Refused("already-on", "It is on already."),
            },
            Verb.Stop => OffOr(guest, ActionState.Native),
            Verb.Shutdown or Verb.Reboot => guest.Power == PowerState.On ? ActionState.Native : NotOn(guest),
            Verb.Reset => guest.Power is PowerState.On or PowerState.Paused or PowerState.Crashed ? ActionState.Native : NotOn(guest),
            Verb.Pause => guest.Power == PowerState.On ? ActionState.Native : NotOn(guest),
            Verb.Resume => guest.Power is PowerState.Paused or PowerState.Suspended
                ? ActionState.Native
                : Refused("not-paused", "It is neither paused nor suspended."),
            Verb.Suspend => Transient(facts, "suspended") ?? (guest.Power is PowerState.On or PowerState.Paused ? ActionState.Native : NotOn(guest)),
            Verb.Rename => Transient(facts, "renamed") ?? guest.Power switch
            {
                PowerState.Off => ActionState.Native,
                PowerState.Suspended => Refused("suspended", "libvirt can't rename a guest whose memory is saved: resume and stop it first."),
                PowerState.Unknown => UnknownPower(),
                _ => Refused("guest-on", "libvirt renames guests only while they are off."),
            },
            Verb.Clone => Cloneable(guest, facts),
            Verb.SnapshotCreate => Snapshotable(guest, facts),
            Verb.SnapshotDelete when guest.Power == PowerState.Suspended => Refused("suspended", "Its memory is saved and belongs to its disks as they are: resume it first."),
            Verb.Migrate => guest.Power is PowerState.On or PowerState.Paused or PowerState.Off
                ? ActionState.Native
                : Refused("state", "It can be brought to another host while it is on, paused or off."),
            Verb.ConsoleSerial => facts is { HasConsole: false }
                ? Refused("no-console", "It has no serial line or console device.")
                : guest.Power is PowerState.On or PowerState.Paused ? ActionState.Native : NotOn(guest),
            Verb.ConsoleVnc => facts is { HasVnc: false }
                ? Refused("no-vnc", "It has no VNC device.")
                : guest.Power is PowerState.On or PowerState.Paused ? ActionState.Native : NotOn(guest),
            Verb.Capture => guest.Power == PowerState.Off
                ? facts is { HasFileDisks: false } ? Refused("no-file-disks", "It has no disk that is a file in a pool.") : ActionState.Native
                : Refused("guest-on", "Its disk can be copied only while it is off."),
            Verb.Move => ActionState.Refused(ActionLevel.None, "not-capable", "The driver can't export disks to another provider yet."),
            _ => ActionState.Native,
        };
    }

    private static ActionState Cloneable(Guest guest, GuestFacts? facts)
    {
        if (guest.Power == PowerState.Suspended)
            return Refused("suspended", "Its memory is saved and belongs to its disks as they are: resume or stop it first.");
        return facts is { HasFileDisks: false } ? Refused("no-file-disks", "It has no disk that is a file in a pool.") : ActionState.Native;
    }

    private static ActionState Snapshotable(Guest guest, GuestFacts? facts)
    {
        if (guest.Power == PowerState.Suspended)
            return Refused("suspended", "Its memory is saved already: resume or stop it first.");
        return facts?.NotSnapshotable is { } why ? Refused("disk-format", why) : ActionState.Native;
    }

    private static ActionState? Transient(GuestFacts? facts, string done) =>
        facts is { Persistent: false } ? Refused("transient", $"It is transient (libvirt holds no definition of it) and can't be {done}.") : null;

    private static ActionState OffOr(Guest guest, ActionState allowed) => guest.Power switch
    {
        PowerState.Off => Refused("already-off", "It is off already."),
        PowerState.Suspended => Refused("suspended", "It is suspended: its memory is on disk and it runs nowhere."),
        PowerState.Unknown => UnknownPower(),
        _ => allowed,
    };

    private static ActionState NotOn(Guest guest) => guest.Power switch
    {
        PowerState.Unknown => UnknownPower(),
        PowerState.On => Refused("already-on", "It is on already."),
        var power => Refused("not-on", $"It is {power.ToString().ToLowerInvariant()}, not on."),
    };

    private static ActionState UnknownPower() => Refused("unknown-state", "libvirt does not say whether it is on.");

    private static ActionState Refused(string code, string text) => ActionState.Refused(ActionLevel.Native, code, text);
}

/// <summary>What decides over verbs beyond the common model.</summary>
internal sealed record GuestFacts
{
    /// <summary>Whether libvirt holds a definition; a transient guest vanishes when it stops.</summary>
    public bool Persistent { get; init; } = true;
    public bool HasConsole { get; init; }
    public bool HasVnc { get; init; }
    public bool HasFileDisks { get; init; }

    /// <summary>Why its disks can't be in a snapshot; null when they can.</summary>
    public string? NotSnapshotable { get; init; }
}
