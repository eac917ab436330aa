using System.Collections.Frozen;
using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Placement;

/// <summary>
/// The rules by which a host can run a guest or not, from what the inventory knows: one table. What is unknown objects
/// to nothing; the driver asks its system afterwards.
/// </summary>
internal static class HostRules
{
    private const string PowerVm = "PHYP";
    private const string Zvm = "z/VM";

    /// <summary>Systems that run under certain hypervisors alone, whatever the processor, and why.</summary>
    private static readonly FrozenDictionary<OsFamily, (string Hypervisor, string Why)> Bound = new Dictionary<OsFamily, (string, string)>
    {
        [OsFamily.Ibmi] = (PowerVm, "IBM i runs in partitions of PowerVM alone: it needs the tagged memory of Power processors and calls to their hypervisor, which no emulator has"),
        [OsFamily.Aix] = (PowerVm, "AIX runs in partitions of PowerVM alone: no other hypervisor is supported by it, and no emulator has its devices whole"),
        [OsFamily.Zos] = (Zvm, "z/OS runs on IBM Z alone: it needs channel-attached ECKD disks, which QEMU's s390x has not"),
        [OsFamily.Zvm] = (Zvm, "z/VM runs on IBM Z alone, as a partition or under another z/VM"),
        [OsFamily.Zvse] = (Zvm, "z/VSE runs on IBM Z alone: it needs channel-attached disks, which QEMU's s390x has not"),
    }.ToFrozenDictionary();

    public static ImmutableArray<HostRule> All { get; } =
    [
        new("placement.host-down", "Host is not up", Down),
        new("placement.operating-system", "Operating system", OperatingSystem),
        new("placement.architecture", "Processor architecture", Runs),
        new("placement.memory", "Memory", Memory),
    ];

    /// <summary>The first rule that fails, with its reason; null when the host can run the guest.</summary>
    public static (HostRule Rule, string Reason)? Objection(GuestNeeds needs, Host host)
    {
        foreach (var rule in All)
            if (rule.Objection(needs, host) is { } reason)
                return (rule, reason);
        return null;
    }

    /// <summary>Whether the guest's instructions run on the host's own processor.</summary>
    public static bool IsNative(Architecture guest, Architecture host) => guest == Architecture.Unknown || Machine(guest) == Machine(host);

    private static string? Down(GuestNeeds needs, Host host) =>
        // Whether one that is not to be reached now could run it is for the call to its provider to find out.
        host.Presence == Presence.Missing ? "its provider does not show it any more"
        : host.State is HostState.Down ? "it is down"
        : host.State is HostState.Maintenance ? "it is in maintenance"
        : null;

    private static string? OperatingSystem(GuestNeeds needs, Host host)
    {
        var name = host.Hypervisor?.Name ?? "";
        if (Bound.TryGetValue(needs.Os, out var bound))
            return name == bound.Hypervisor ? null : $"{bound.Why}; this is {(name.Length == 0 ? "another hypervisor" : name)} on {Word(host.Arch)}";
        if (name == "LXC" && needs.Os is not (OsFamily.Unknown or OsFamily.Linux))
            return "its guests share its Linux kernel: nothing but Linux can be in them";
        if (name is PowerVm && needs.Os is not (OsFamily.Unknown or OsFamily.Linux or OsFamily.Other))
            return $"PowerVM runs AIX, IBM i and Linux, not {Word(needs.Os)}";
        return null;
    }

    private static string? Runs(GuestNeeds needs, Host host)
    {
        if (needs.Arch == Architecture.Unknown || host.Arch == Architecture.Unknown || IsNative(needs.Arch, host.Arch))
            return null;
        if (host.GuestArchitectures.Any(arch => Machine(arch) == Machine(needs.Arch)))
            return null;
        return $"its processors are {Word(host.Arch)}, and it has no emulator for {Word(needs.Arch)}";
    }

    private static string? Memory(GuestNeeds needs, Host host) =>
        host.Memory > 0 && needs.Memory > host.Memory ? $"it has {host.Memory >> 20} MiB of memory, and the guest wants {needs.Memory >> 20} MiB" : null;

    /// <summary>One processor runs both byte orders of Power, and both widths of x86.</summary>
    private static Architecture Machine(Architecture arch) =>
        arch switch
        {
            Architecture.Ppc64le => Architecture.Ppc64,
            Architecture.I686 => Architecture.X86_64,
            _ => arch,
        };

    private static string Word(Architecture arch) => arch.ToString().ToLowerInvariant();

    private static string Word(OsFamily family) => family.ToString();
}
