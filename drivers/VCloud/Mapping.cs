using System.Collections.Frozen;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

/// <summary>Cloud Director's words in ours: every table in one place.</summary>
internal static class Mapping
{
    /// <summary>The <c>status</c> of a virtual machine or vApp, by number, with the word of the query service for it.</summary>
    public static FrozenDictionary<int, (string Word, PowerState Power, Lifecycle Lifecycle)> Statuses { get; } = new Dictionary<int, (string, PowerState, Lifecycle)>
    {
        [-1] = ("FAILED_CREATION", PowerState.Unknown, Lifecycle.Error),
        [0] = ("UNRESOLVED", PowerState.Off, Lifecycle.Defined),
        [1] = ("RESOLVED", PowerState.Off, Lifecycle.Defined),
        // These three say that resources are held, or that some of it is off: not that a machine is.
        [2] = ("DEPLOYED", PowerState.Unknown, Lifecycle.Provisioned),
        [3] = ("SUSPENDED", PowerState.Suspended, Lifecycle.Provisioned),
        [4] = ("POWERED_ON", PowerState.On, Lifecycle.Provisioned),
        [5] = ("WAITING_FOR_INPUT", PowerState.On, Lifecycle.Provisioned),
        [6] = ("UNKNOWN", PowerState.Unknown, Lifecycle.Provisioned),
        [7] = ("UNRECOGNIZED", PowerState.Unknown, Lifecycle.Provisioned),
        [8] = ("POWERED_OFF", PowerState.Off, Lifecycle.Provisioned),
        [9] = ("INCONSISTENT_STATE", PowerState.Unknown, Lifecycle.Error),
        [10] = ("MIXED", PowerState.Unknown, Lifecycle.Provisioned),
        [11] = ("DESCRIPTOR_PENDING", PowerState.Off, Lifecycle.Defined),
        [12] = ("COPYING_CONTENTS", PowerState.Off, Lifecycle.Defined),
        [13] = ("DISK_CONTENTS_PENDING", PowerState.Off, Lifecycle.Defined),
        [14] = ("QUARANTINED", PowerState.Off, Lifecycle.Error),
        [15] = ("QUARANTINE_EXPIRED", PowerState.Off, Lifecycle.Error),
        [16] = ("REJECTED", PowerState.Off, Lifecycle.Error),
        [17] = ("TRANSFER_TIMEOUT", PowerState.Off, Lifecycle.Error),
        [18] = ("VAPP_UNDEPLOYED", PowerState.Off, Lifecycle.Provisioned),
        [19] = ("VAPP_PARTIALLY_DEPLOYED", PowerState.Unknown, Lifecycle.Provisioned),
        [20] = ("PARTIALLY_POWERED_OFF", PowerState.Unknown, Lifecycle.Provisioned),
        [21] = ("PARTIALLY_SUSPENDED", PowerState.Unknown, Lifecycle.Provisioned),
    }.ToFrozenDictionary();

    /// <summary>What a running task means for its owner, by its operation.</summary>
    public static FrozenDictionary<string, Transition> Operations { get; } = new Dictionary<string, Transition>
    {
        ["vappDeploy"] = Transition.Starting,
        ["vappPowerOn"] = Transition.Starting,
        ["vappUndeployPowerOff"] = Transition.Stopping,
        ["vappUndeployShutdown"] = Transition.Stopping,
        ["vappPowerOff"] = Transition.Stopping,
        ["vappShutdownGuest"] = Transition.Stopping,
        ["vappRebootGuest"] = Transition.Rebooting,
        ["resetVapp"] = Transition.Rebooting,
        ["vappReset"] = Transition.Rebooting,
        ["vappSuspend"] = Transition.Suspending,
        ["vappUpdateVm"] = Transition.Reconfiguring,
        ["vappReconfigureVm"] = Transition.Reconfiguring,
        ["vappCreateSnapshot"] = Transition.Snapshotting,
        ["vappRevertToCurrentSnapshot"] = Transition.Snapshotting,
        ["vappRemoveAllSnapshots"] = Transition.Snapshotting,
        ["vdcInstantiateVapp"] = Transition.Provisioning,
        ["vdcDeleteVapp"] = Transition.Deleting,
    }.ToFrozenDictionary();

    public static (PowerState Power, Lifecycle Lifecycle, string Raw) State(int? status) =>
        status is { } number && Statuses.TryGetValue(number, out var known) ? (known.Power, known.Lifecycle, known.Word) : (PowerState.Unknown, Lifecycle.Provisioned, status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no status");

    /// <param name="id">A guest identifier of vSphere, as <c>rhel7_64Guest</c>.</param>
    public static (OperatingSystemInfo Os, Architecture Arch) Os(string? id)
    {
        if (string.IsNullOrEmpty(id))
            return (OperatingSystemInfo.Unknown, Architecture.X86_64);
        var word = id.ToLowerInvariant();
        var arch = word.Contains("64", StringComparison.Ordinal) ? Architecture.X86_64 : Architecture.I686;
        foreach (var (prefix, family, distribution) in Systems)
            if (word.StartsWith(prefix, StringComparison.Ordinal))
                return (new OperatingSystemInfo { Family = family, Distribution = distribution }, arch);
        return (new OperatingSystemInfo { Family = word.Contains("linux", StringComparison.Ordinal) ? OsFamily.Linux : OsFamily.Other }, arch);
    }

    private static readonly (string Prefix, OsFamily Family, string? Distribution)[] Systems =
    [
        ("win", OsFamily.Windows, "windows"),
        ("rhel", OsFamily.Linux, "rhel"),
        ("centos", OsFamily.Linux, "centos"),
        ("ubuntu", OsFamily.Linux, "ubuntu"),
        ("debian", OsFamily.Linux, "debian"),
        ("sles", OsFamily.Linux, "sles"),
        ("fedora", OsFamily.Linux, "fedora"),
        ("oraclelinux", OsFamily.Linux, "oraclelinux"),
        ("rockylinux", OsFamily.Linux, "rocky"),
        ("almalinux", OsFamily.Linux, "almalinux"),
        ("vmwarephoton", OsFamily.Linux, "photon"),
        ("amazonlinux", OsFamily.Linux, "amzn"),
        ("freebsd", OsFamily.Bsd, "freebsd"),
        ("solaris", OsFamily.Solaris, "solaris"),
    ];
}
