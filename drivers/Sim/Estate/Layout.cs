using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Drivers.Sim.Options;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>
/// What stands still in the estate: which host is in which cluster of which platform, and everything that guests share.
/// Immutable, and a function of the options alone.
/// </summary>
internal sealed class Layout
{
    private const int HostsPerCluster = 32;
    private const int NetworksPerCluster = 4;
    private const int DatastoresPerCluster = 4;
    private const long GiB = 1L << 30;

    private static readonly long[] DiskSizes = [10 * GiB, 20 * GiB, 40 * GiB, 80 * GiB, 160 * GiB, 320 * GiB];

    private readonly Platform[] _platforms;

    public Layout(string provider, SimOptions options)
    {
        Provider = provider;
        Options = options;
        ClusterCount = Math.Max(Math.Min(options.Hosts, Platforms.All.Length), options.Hosts / HostsPerCluster);
        _platforms = [.. Enumerable.Range(0, ClusterCount).Select(cluster => Platforms.All[cluster % Platforms.All.Length])];
        ClusterNames = [.. Enumerable.Range(0, ClusterCount).Select(cluster => Text($"{_platforms[cluster].Word}-cluster-{cluster / Platforms.All.Length + 1}"))];
        HostNames = [.. Enumerable.Range(0, options.Hosts).Select(host => Text($"{PlatformOf(host).Word}-{host + 1:D3}"))];
        Networks = [.. Enumerable.Range(0, ClusterCount).Select(NetworkNames)];
        Datastores = [.. Enumerable.Range(0, ClusterCount).Select(DatastoreNames)];
        Disks = [.. Enumerable.Range(0, ClusterCount).Select(DiskSets)];
    }

    public string Provider { get; }
    public SimOptions Options { get; }
    public ulong Seed => Options.Seed;
    public int ClusterCount { get; }
    public string[] ClusterNames { get; }
    public string[] HostNames { get; }

    /// <summary>By cluster.</summary>
    public string[][] Networks { get; }
    public string[][] Datastores { get; }
    public ImmutableArray<Disk>[][] Disks { get; }

    public int ClusterOf(int host) => (int)((long)host * ClusterCount / Options.Hosts);

    public int FirstHostOf(int cluster) => (int)(((long)cluster * Options.Hosts + ClusterCount - 1) / ClusterCount);

    public int HostsIn(int cluster) => FirstHostOf(cluster + 1) - FirstHostOf(cluster);

    public Platform PlatformOf(int host) => _platforms[ClusterOf(host)];

    public Platform PlatformOfCluster(int cluster) => _platforms[cluster];

    public int HostOf(int guest) => (int)((long)guest * Options.Hosts / Options.Guests);

    public int FirstGuestOf(int host) => (int)(((long)host * Options.Guests + Options.Hosts - 1) / Options.Hosts);

    /// <summary>Which service guest the number is; -1 for none.</summary>
    public int ServiceSlot(int guest)
    {
        var host = HostOf(guest);
        var slot = guest - FirstGuestOf(host);
        return slot < PlatformOf(host).ServiceGuests.Length ? slot : -1;
    }

    /// <summary>Bytes fitted in each host: enough for its share of the guests, twice.</summary>
    public long HostMemory => Math.Max(256, (Options.Guests / Options.Hosts + 1L) * 32) * GiB;

    public ObjectId Id(ObjectKind kind, NativeId native) => ObjectId.Derive(kind, Provider, native);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private string[] NetworkNames(int cluster) =>
        [.. Enumerable.Range(0, NetworksPerCluster).Select(n => Text($"{ClusterNames[cluster]}-vlan{100 + cluster * NetworksPerCluster % 3900 + n}"))];

    private string[] DatastoreNames(int cluster) =>
        [.. Enumerable.Range(0, DatastoresPerCluster).Select(n => Text($"{ClusterNames[cluster]}-{_platforms[cluster].DatastoreType}-{n + 1}"))];

    private ImmutableArray<Disk>[] DiskSets(int cluster)
    {
        var platform = _platforms[cluster];
        var sets = new List<ImmutableArray<Disk>>();
        foreach (var datastore in Datastores[cluster])
            foreach (var size in DiskSizes)
            {
                var first = new Disk { Name = DiskName(platform, 0), Bus = platform.DiskBus, Format = platform.DiskFormat, Capacity = size, Datastore = datastore };
                sets.Add([first]);
                sets.Add([first, first with { Name = DiskName(platform, 1), Capacity = size * 4 }]);
            }
        return [.. sets];
    }

    public static string DiskName(Platform platform, int number) =>
        platform.DiskBus switch
        {
            "virtio" => number == 0 ? "vda" : "vdb",
            "scsi" => number == 0 ? "scsi0:0" : "scsi0:1",
            "xen" => number == 0 ? "xvda" : "xvdb",
            "vscsi" => number == 0 ? "hdisk0" : "hdisk1",
            "ccw" => number == 0 ? "0.0.0100" : "0.0.0200",
            _ => number == 0 ? "root" : "data",
        };
}
