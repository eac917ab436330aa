using System.Collections.Frozen;
using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>A guest's state in our words, and in libvirt's.</summary>
internal readonly record struct GuestState(PowerState Power, Transition Transition, string Raw, bool Known = true);

/// <summary>libvirt's words for a guest's state (virDomainState and the reasons of each) in ours: the one table.</summary>
internal static class Mapping
{
    public const int NoState = 0;
    public const int Running = 1;
    public const int Blocked = 2;
    public const int Paused = 3;
    public const int ShuttingDown = 4;
    public const int ShutOff = 5;
    public const int Crashed = 6;
    public const int PmSuspended = 7;

    private const int ShutOffCrashed = 3;

    private static readonly FrozenDictionary<(int State, int Reason), GuestState> Words = new Dictionary<(int, int), GuestState>
    {
        [(NoState, 0)] = new(PowerState.Unknown, Transition.None, "no state"),

        [(Running, 0)] = new(PowerState.On, Transition.None, "running"),
        [(Running, 1)] = new(PowerState.On, Transition.None, "running (booted)"),
        [(Running, 2)] = new(PowerState.On, Transition.None, "running (migrated)"),
        [(Running, 3)] = new(PowerState.On, Transition.None, "running (restored)"),
        [(Running, 4)] = new(PowerState.On, Transition.None, "running (from snapshot)"),
        [(Running, 5)] = new(PowerState.On, Transition.None, "running (unpaused)"),
        [(Running, 6)] = new(PowerState.On, Transition.None, "running (migration canceled)"),
        [(Running, 7)] = new(PowerState.On, Transition.None, "running (save canceled)"),
        [(Running, 8)] = new(PowerState.On, Transition.None, "running (event wakeup)"),
        [(Running, 9)] = new(PowerState.Crashed, Transition.None, "running (crashed)"),
        [(Running, 10)] = new(PowerState.On, Transition.Migrating, "running (post-copy)"),
        [(Running, 11)] = new(PowerState.On, Transition.Migrating, "running (post-copy failed)"),

        // Xen says so of a guest whose processors wait for work.
        [(Blocked, 0)] = new(PowerState.On, Transition.None, "idle"),

        [(Paused, 0)] = new(PowerState.Paused, Transition.None, "paused"),
        [(Paused, 1)] = new(PowerState.Paused, Transition.None, "paused (user)"),
        [(Paused, 2)] = new(PowerState.Paused, Transition.Migrating, "paused (migrating)"),
        [(Paused, 3)] = new(PowerState.Paused, Transition.Suspending, "paused (saving)"),
        [(Paused, 4)] = new(PowerState.Paused, Transition.None, "paused (dumping)"),
        [(Paused, 5)] = new(PowerState.Paused, Transition.None, "paused (I/O error)"),
        [(Paused, 6)] = new(PowerState.Paused, Transition.None, "paused (watchdog)"),
        [(Paused, 7)] = new(PowerState.Paused, Transition.None, "paused (from snapshot)"),
        [(Paused, 8)] = new(PowerState.Paused, Transition.Stopping, "paused (shutting down)"),
        [(Paused, 9)] = new(PowerState.Paused, Transition.Snapshotting, "paused (creating snapshot)"),
        [(Paused, 10)] = new(PowerState.Crashed, Transition.None, "paused (crashed)"),
        [(Paused, 11)] = new(PowerState.Paused, Transition.Starting, "paused (starting up)"),
        [(Paused, 12)] = new(PowerState.Paused, Transition.Migrating, "paused (post-copy)"),
        [(Paused, 13)] = new(PowerState.Paused, Transition.Migrating, "paused (post-copy failed)"),
        [(Paused, 14)] = new(PowerState.Paused, Transition.None, "paused (API error)"),

        [(ShuttingDown, 0)] = new(PowerState.On, Transition.Stopping, "in shutdown"),
        [(ShuttingDown, 1)] = new(PowerState.On, Transition.Stopping, "in shutdown (user)"),

        [(ShutOff, 0)] = new(PowerState.Off, Transition.None, "shut off"),
        [(ShutOff, 1)] = new(PowerState.Off, Transition.None, "shut off (shutdown)"),
        [(ShutOff, 2)] = new(PowerState.Off, Transition.None, "shut off (destroyed)"),
        // The hypervisor's process died: the guest is off, and a concern says how it came to be.
        [(ShutOff, ShutOffCrashed)] = new(PowerState.Off, Transition.None, "shut off (crashed)"),
        [(ShutOff, 4)] = new(PowerState.Off, Transition.None, "shut off (migrated)"),
        [(ShutOff, 5)] = new(PowerState.Off, Transition.None, "shut off (saved)"),
        [(ShutOff, 6)] = new(PowerState.Off, Transition.None, "shut off (failed)"),
        [(ShutOff, 7)] = new(PowerState.Off, Transition.None, "shut off (from snapshot)"),
        [(ShutOff, 8)] = new(PowerState.Off, Transition.None, "shut off (daemon)"),

        [(Crashed, 0)] = new(PowerState.Crashed, Transition.None, "crashed"),
        [(Crashed, 1)] = new(PowerState.Crashed, Transition.None, "crashed (panicked)"),

        // The guest put itself to sleep; its memory is in RAM.
        [(PmSuspended, 0)] = new(PowerState.Paused, Transition.None, "pmsuspended"),
        [(PmSuspended, 1)] = new(PowerState.Paused, Transition.None, "pmsuspended (disk)"),
    }.ToFrozenDictionary();

    /// <param name="state">virDomainState.</param>
    /// <param name="reason">The reason that belongs to it.</param>
    /// <param name="managedSave">Whether libvirt keeps the guest's memory on disk and will start it from there.</param>
    public static GuestState State(int state, int reason, bool managedSave)
    {
        if (!Words.TryGetValue((state, reason), out var word))
            word = UnknownReason(state, reason);
        return managedSave && word.Power == PowerState.Off ? word with { Power = PowerState.Suspended, Raw = word.Raw + ", saved" } : word;
    }

    public static bool EndedByCrash(int state, int reason) => state == ShutOff && reason == ShutOffCrashed;

    // A newer libvirt may give a reason that we don't know to a state that we do.
    private static GuestState UnknownReason(int state, int reason) =>
        Words.TryGetValue((state, 0), out var word)
            ? word with { Raw = string.Create(CultureInfo.InvariantCulture, $"{word.Raw} (reason {reason})"), Known = false }
            : new GuestState(
                PowerState.Unknown,
                Transition.None,
                string.Create(CultureInfo.InvariantCulture, $"state {state} (reason {reason})"),
                Known: false
            );

    private static readonly FrozenDictionary<string, Architecture> Architectures = new Dictionary<string, Architecture>
    {
        ["x86_64"] = Architecture.X86_64,
        ["i686"] = Architecture.I686,
        ["aarch64"] = Architecture.Aarch64,
        ["ppc64"] = Architecture.Ppc64,
        ["ppc64le"] = Architecture.Ppc64le,
        ["s390x"] = Architecture.S390x,
        ["sparc64"] = Architecture.Sparcv9,
        ["riscv64"] = Architecture.Riscv64,
    }.ToFrozenDictionary();

    /// <summary>libvirt's name of an architecture in ours; unknown when we have no word for it.</summary>
    public static Architecture Arch(string? name) =>
        name is not null && Architectures.TryGetValue(name, out var arch) ? arch : Architecture.Unknown;

    /// <summary>Our architecture by libvirt's name; null for the unknown one.</summary>
    public static string? ArchName(Architecture arch)
    {
        foreach (var (name, value) in Architectures)
            if (value == arch)
                return name;
        return null;
    }
}
