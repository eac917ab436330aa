using System.Collections.Frozen;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>A zone's state in our words, and in the system's.</summary>
internal readonly record struct ZoneState(PowerState Power, Transition Transition, Lifecycle Lifecycle, string Raw, bool Known = true);

/// <summary>What a brand is: how it keeps guests apart, and what runs in it.</summary>
internal readonly record struct Brand(Virtualization Virtualization, OsFamily Os, string? Distribution);

/// <summary>The words of zoneadm, RAD and vmadm in ours: the one table.</summary>
internal static class Mapping
{
    /// <summary>zoneadm(8), and RAD's Zone.state, which has the same words.</summary>
    private static readonly FrozenDictionary<string, (PowerState Power, Transition Transition, Lifecycle Lifecycle)> Zone =
        new Dictionary<string, (PowerState, Transition, Lifecycle)>
        {
            ["configured"] = (PowerState.Off, Transition.None, Lifecycle.Defined),
            ["incomplete"] = (PowerState.Off, Transition.Provisioning, Lifecycle.Defined),
            ["unavailable"] = (PowerState.Off, Transition.None, Lifecycle.Error),
            ["installed"] = (PowerState.Off, Transition.None, Lifecycle.Provisioned),
            // The zone's platform is there and no process of it runs.
            ["ready"] = (PowerState.Off, Transition.None, Lifecycle.Provisioned),
            // Its files are mounted for an installer; it does not run.
            ["mounted"] = (PowerState.Off, Transition.Reconfiguring, Lifecycle.Provisioned),
            ["running"] = (PowerState.On, Transition.None, Lifecycle.Provisioned),
            ["shutting_down"] = (PowerState.On, Transition.Stopping, Lifecycle.Provisioned),
            // Its processes are gone and its platform is not yet, or can't be taken down.
            ["down"] = (PowerState.Off, Transition.Stopping, Lifecycle.Provisioned),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>vmadm(8): what it adds to zoneadm's words.</summary>
    private static readonly FrozenDictionary<string, (PowerState Power, Transition Transition, Lifecycle Lifecycle)> Vm =
        new Dictionary<string, (PowerState, Transition, Lifecycle)>
        {
            ["provisioning"] = (PowerState.Off, Transition.Provisioning, Lifecycle.Defined),
            ["receiving"] = (PowerState.Off, Transition.Migrating, Lifecycle.Defined),
            ["stopping"] = (PowerState.On, Transition.Stopping, Lifecycle.Provisioned),
            ["stopped"] = (PowerState.Off, Transition.None, Lifecycle.Provisioned),
            ["failed"] = (PowerState.Off, Transition.None, Lifecycle.Error),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Auxiliary states of Solaris 11.3 and later: each says more than the state that it stands beside.</summary>
    private static readonly FrozenDictionary<string, Func<ZoneState, ZoneState>> Auxiliary = new Dictionary<string, Func<ZoneState, ZoneState>>
    {
        ["suspended"] = state => state with { Power = state.Power == PowerState.Off ? PowerState.Suspended : state.Power },
        ["suspending"] = state => state with { Transition = Transition.Suspending },
        ["resuming"] = state => state with { Transition = Transition.Resuming },
        ["migrating-in"] = state => state with { Transition = Transition.Migrating },
        ["migrating-out"] = state => state with { Transition = Transition.Migrating },
        ["rebooting"] = state => state with { Transition = Transition.Rebooting },
        ["no-config"] = state => state with { Lifecycle = Lifecycle.Error },
        ["debugging"] = state => state,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Brand> Brands = new Dictionary<string, Brand>
    {
        ["solaris"] = new(Virtualization.OsLevel, OsFamily.Solaris, "solaris"),
        ["solaris-kz"] = new(Virtualization.Full, OsFamily.Solaris, "solaris"),
        ["solaris10"] = new(Virtualization.OsLevel, OsFamily.Solaris, "solaris"),
        ["solaris9"] = new(Virtualization.OsLevel, OsFamily.Solaris, "solaris"),
        ["solaris8"] = new(Virtualization.OsLevel, OsFamily.Solaris, "solaris"),
        ["native"] = new(Virtualization.OsLevel, OsFamily.Solaris, null),
        ["cluster"] = new(Virtualization.OsLevel, OsFamily.Solaris, null),
        ["labeled"] = new(Virtualization.OsLevel, OsFamily.Solaris, null),
        ["ipkg"] = new(Virtualization.OsLevel, OsFamily.Illumos, null),
        ["lipkg"] = new(Virtualization.OsLevel, OsFamily.Illumos, null),
        ["nlipkg"] = new(Virtualization.OsLevel, OsFamily.Illumos, null),
        ["sparse"] = new(Virtualization.OsLevel, OsFamily.Illumos, null),
        ["pkgsrc"] = new(Virtualization.OsLevel, OsFamily.Illumos, null),
        ["illumos"] = new(Virtualization.OsLevel, OsFamily.Illumos, null),
        ["emu"] = new(Virtualization.Full, OsFamily.Unknown, null),
        ["joyent"] = new(Virtualization.OsLevel, OsFamily.Illumos, "smartos"),
        ["joyent-minimal"] = new(Virtualization.OsLevel, OsFamily.Illumos, "smartos"),
        ["builder"] = new(Virtualization.OsLevel, OsFamily.Illumos, "smartos"),
        ["sngl"] = new(Virtualization.OsLevel, OsFamily.Illumos, "smartos"),
        ["lx"] = new(Virtualization.OsLevel, OsFamily.Linux, null),
        ["bhyve"] = new(Virtualization.Full, OsFamily.Unknown, null),
        ["kvm"] = new(Virtualization.Full, OsFamily.Unknown, null),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> StateWords => Zone.Keys.Concat(Vm.Keys);

    public static IEnumerable<string> AuxiliaryWords => Auxiliary.Keys;

    public static IEnumerable<string> BrandWords => Brands.Keys;

    /// <summary>A word that is in no table is unknown, never off.</summary>
    /// <param name="word">As the system says it.</param>
    /// <param name="auxiliary">What it says beside, in its order.</param>
    public static ZoneState State(string word, params ReadOnlySpan<string> auxiliary)
    {
        var known = Zone.TryGetValue(word, out var found) || Vm.TryGetValue(word, out found);
        var state = known
            ? new ZoneState(found.Power, found.Transition, found.Lifecycle, word)
            : new ZoneState(PowerState.Unknown, Transition.None, Lifecycle.Provisioned, word, Known: false);
        if (auxiliary.Length == 0)
            return state;
        foreach (var aux in auxiliary)
            state = Auxiliary.TryGetValue(aux, out var apply) ? apply(state) : state with { Known = false };
        return state with { Raw = $"{word} ({string.Join(", ", auxiliary)})" };
    }

    public static Brand BrandOf(string? word) =>
        word is not null && Brands.TryGetValue(word, out var brand) ? brand : new Brand(Virtualization.Unknown, OsFamily.Unknown, null);

    /// <summary>Words of isainfo(1) and uname(1).</summary>
    public static Architecture Arch(string word) => word.Trim() switch
    {
        "sparcv9" or "sparc" or "sun4u" or "sun4v" => Architecture.Sparcv9,
        "amd64" or "i386" or "i86pc" or "x86_64" => Architecture.X86_64,
        "aarch64" or "armv8" => Architecture.Aarch64,
        _ => Architecture.Unknown,
    };
}
