using System.Globalization;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>Everything of the estate besides hosts and guests, made anew for each listing from the layout.</summary>
internal sealed class Fixtures(Layout layout)
{
    private const long GiB = 1L << 30;

    public IEnumerable<Seen> All(DateTime now) =>
        [
            .. Clusters(now).Select(cluster => new Seen(cluster)),
            .. Datastores(now).Select(datastore => new Seen(datastore)),
            .. Networks(now).Select(network => new Seen(network)),
            .. Images(now).Select(image => new Seen(image)),
            .. Sizes(now).Select(size => new Seen(size)),
        ];

    public IEnumerable<Image> Images(DateTime now)
    {
        var shapes = Platforms.All.SelectMany(platform => platform.Shapes.Select(shape => (platform, shape)));
        var number = 0;
        foreach (var (platform, shape) in shapes.Where(pair => !pair.shape.Images.IsEmpty).DistinctBy(pair => pair.shape.Images[0]))
        {
            var native = Native(Purpose.Image, number++);
            yield return new Image
            {
                Id = layout.Id(ObjectKind.Image, native),
                NativeId = native,
                Name = shape.Images[0],
                Provider = layout.Provider,
                Arch = shape.Arch,
                Os = shape.Os,
                Firmware = shape.Firmware,
                Format = platform.DiskFormat,
                Capacity = 10 * GiB,
                Size = 2 * GiB + number * (1L << 24),
                ObservedAt = now,
            };
        }
    }

    public Volume Volume(int number, Guest guest, DateTime now)
    {
        var native = Native(Purpose.Volume, number);
        var disk = guest.Disks[0];
        return new Volume
        {
            Id = layout.Id(ObjectKind.Volume, native),
            NativeId = native,
            Name = $"{guest.Name}-{disk.Name}",
            Provider = layout.Provider,
            Datastore = disk.Datastore,
            Format = disk.Format,
            Capacity = disk.Capacity,
            Allocation = disk.Capacity / 3,
            ObservedAt = now,
        };
    }

    public Host Host(int number, long usedMemory, DateTime now)
    {
        var draw = new Draw(layout.Seed, Purpose.Host, number);
        var native = Native(Purpose.Host, number);
        var platform = layout.PlatformOf(number);
        var sockets = 2;
        var cores = draw.Of([16, 24, 32, 64]) * sockets;
        var memory = layout.HostMemory;
        return new Host
        {
            Id = layout.Id(ObjectKind.Host, native),
            NativeId = native,
            Name = layout.HostNames[number],
            Provider = layout.Provider,
            Cluster = layout.ClusterNames[layout.ClusterOf(number)],
            State = draw.OneIn(50) ? HostState.Maintenance : HostState.Up,
            Hypervisor = platform.Hypervisor,
            Arch = platform.HostArch,
            GuestArchitectures = [.. platform.Shapes.Select(shape => shape.Arch).Prepend(platform.HostArch).Distinct()],
            HardwareAcceleration = true,
            Vendor = platform.Vendor,
            Model = platform.Model,
            CpuModel = platform.CpuModel,
            Sockets = sockets,
            Cores = cores,
            Cpus = cores * 2,
            Memory = memory,
            FreeMemory = Math.Max(0, memory - usedMemory),
            Numa = [new NumaCell(0, memory / 2, cores), new NumaCell(1, memory / 2, cores)],
            ObservedAt = now,
        };
    }

    private IEnumerable<Cluster> Clusters(DateTime now) =>
        layout.ClusterNames.Select(
            (name, number) =>
            {
                var native = Native(Purpose.Cluster, number);
                return new Cluster { Id = layout.Id(ObjectKind.Cluster, native), NativeId = native, Name = name, Provider = layout.Provider, ObservedAt = now };
            }
        );

    private IEnumerable<Datastore> Datastores(DateTime now) =>
        layout.Datastores.SelectMany((names, cluster) => names.Select(name => (name, cluster))).Select(
            (store, number) =>
            {
                var native = Native(Purpose.Datastore, number);
                var draw = new Draw(layout.Seed, Purpose.Datastore, number);
                var capacity = (draw.Below(90) + 10) * 1024 * GiB;
                return new Datastore
                {
                    Id = layout.Id(ObjectKind.Datastore, native),
                    NativeId = native,
                    Name = store.name,
                    Provider = layout.Provider,
                    Type = layout.PlatformOfCluster(store.cluster).DatastoreType,
                    State = "accessible",
                    Active = true,
                    Capacity = capacity,
                    Available = capacity / 100 * draw.Below(90),
                    Location = $"/{store.name}",
                    ObservedAt = now,
                };
            }
        );

    private IEnumerable<Network> Networks(DateTime now) =>
        layout.Networks.SelectMany(names => names).Select(
            (name, number) =>
            {
                var native = Native(Purpose.Network, number);
                return new Network
                {
                    Id = layout.Id(ObjectKind.Network, native),
                    NativeId = native,
                    Name = name,
                    Provider = layout.Provider,
                    Active = true,
                    Type = "vlan",
                    Vlan = 100 + number % 3900,
                    Subnets = [string.Create(CultureInfo.InvariantCulture, $"10.{number % 256}.0.0/16")],
                    ObservedAt = now,
                };
            }
        );

    private IEnumerable<Size> Sizes(DateTime now)
    {
        string[] families = ["small", "medium", "large", "xlarge", "2xlarge", "4xlarge"];
        for (var i = 0; i < families.Length * 2; i++)
        {
            var native = Native(Purpose.Size, i);
            var step = i / 2;
            yield return new Size
            {
                Id = layout.Id(ObjectKind.Size, native),
                NativeId = native,
                Name = $"{(i % 2 == 0 ? "m" : "r")}1.{families[step]}",
                Provider = layout.Provider,
                Vcpus = 1 << step,
                Memory = (i % 2 == 0 ? 2 * GiB : 8 * GiB) << step,
                Disk = 20 * GiB,
                ObservedAt = now,
            };
        }
    }

    private NativeId Native(Purpose purpose, int number) => Identity.Native(Identity.Of(layout.Seed, purpose, number));
}
