namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

/// <summary>What the choice of a socket depends on, apart from the URI.</summary>
internal sealed record DaemonSurroundings(bool IsRoot, string UserRuntimeDirectory, Func<string, bool> Exists)
{
    public static DaemonSurroundings OfThisProcess()
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        if (string.IsNullOrEmpty(runtime))
            runtime = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(runtime))
            runtime = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new DaemonSurroundings(Environment.IsPrivilegedProcess, runtime, File.Exists);
    }
}

/// <summary>
/// The socket of the daemon for a URI without one. A machine has libvirtd for everything or a daemon a
/// hypervisor (virtqemud, virtlxcd, virtxend); whichever socket is there is used. One line is enough either
/// way: a hypervisor's daemon passes network and storage calls on to virtnetworkd and virtstoraged itself.
/// </summary>
internal sealed record DaemonSocket(string Path, string Driver, bool MaySpawn, string? Daemon)
{
    private const string SystemFolder = "/run/libvirt";

    // Drivers with a daemon of their own; the test driver lives inside libvirtd and virtproxyd.
    private static readonly HashSet<string> Modular =
        new(["qemu", "lxc", "xen", "vbox", "bhyve", "vz", "ch", "network", "storage", "nodedev", "interface", "secret", "nwfilter"], StringComparer.Ordinal);

    private static readonly string[] DaemonFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"];

    public static DaemonSocket Choose(LibvirtUri uri, bool readOnly, DaemonSurroundings around)
    {
        var ofUser = uri.IsSession && !around.IsRoot;
        var (folder, suffix) = ofUser
            ? (System.IO.Path.Combine(around.UserRuntimeDirectory, "libvirt"), "sock")
            : (SystemFolder, readOnly ? "sock-ro" : "sock");
        var direct = Modular.Contains(uri.Driver) ? $"{folder}/virt{uri.Driver}d-{suffix}" : null;
        var legacy = $"{folder}/libvirt-{suffix}";
        var useDirect = uri.Mode switch
        {
            DaemonMode.Direct => direct is not null
                ? true
                : throw LibvirtException.InvalidArgument($"mode=direct: '{uri.Driver}' has no daemon of its own"),
            DaemonMode.Legacy => false,
            _ => direct is not null && (around.Exists(direct)
                || (!around.Exists(legacy) && FindDaemon($"virt{uri.Driver}d", around) is not null)),
        };
        return new DaemonSocket(
            useDirect ? direct! : legacy, uri.Driver, MaySpawn: ofUser,
            ofUser ? FindDaemon(useDirect ? $"virt{uri.Driver}d" : "libvirtd", around) : null);
    }

    private static string? FindDaemon(string name, DaemonSurroundings around) =>
        DaemonFolders.Select(folder => $"{folder}/{name}").FirstOrDefault(around.Exists);
}
