using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Drivers.Sim.Steps;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

internal sealed partial class Connection : IGuestCreate, IGuestClone, IGuestDelete, IGuestMigrate
{
    private const long DefaultDisk = 10L << 30;

    public async Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        RequireFreeName(request.Name);
        if (request.Vcpus is < 1 or > MostVcpus)
            throw Invalid($"A simulated guest has 1 to {MostVcpus} processors, not {request.Vcpus}.");
        var image = request.Image is null ? null : estate.FindImage(request.Image) ?? throw NoSuch("image", request.Image, estate.Fixtures.Images(estate.Now).Select(known => known.Name));
        var host = HostFor(request, ArchOf(request, image));
        var cluster = estate.Layout.ClusterOf(host);
        var datastore = Existing("datastore", request.Datastore, estate.Layout.Datastores[cluster]);
        var networks = request.Networks.IsDefaultOrEmpty ? [estate.Layout.Networks[cluster][0]] : request.Networks.Select(name => Existing("network", name, estate.Layout.Networks[cluster]));
        var capacity = request.Disk ?? image?.Capacity ?? DefaultDisk;
        if (image?.Capacity > capacity)
            throw Invalid($"The disk of {capacity} bytes is smaller than the image {image.Name}, which has {image.Capacity}.");
        var guest = EstateStep.NewId(taskId, "guest");
        var arguments = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal)
            .Add("guest", guest.ToString())
            .Add("name", request.Name)
            .Add("host", estate.Layout.HostNames[host])
            .Add("arch", (ArchOf(request, image) ?? estate.Layout.PlatformOf(host).HostArch).ToString())
            .Add("vcpus", Number(request.Vcpus))
            .Add("memory", Number(request.Memory))
            .Add("capacity", Number(capacity))
            .Add("datastore", datastore)
            .Add("networks", string.Join('\n', networks))
            .AddRange(request.Tags.Select(tag => KeyValuePair.Create("tag." + tag.Key, tag.Value)));
        if (image is not null)
            arguments = arguments.Add("image", image.Name);
        return Plan(
            guest,
            estate.Layout.HostNames[host],
            Disk(guest, request.Name, datastore, capacity, estate.Layout.PlatformOf(host)),
            new WorkStep(DefineStep.Name, $"Define {request.Name} on {estate.Layout.HostNames[host]}", arguments),
            request.Start
        );
    }

    public async Task<WorkPlan> PlanCloneAsync(Guest source, CloneGuest request, string taskId, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        var now = estate.Find(source.NativeId) ?? throw NoSuchGuest(source);
        Require(Verb.Clone, now);
        RequireFreeName(request.Name);
        estate.TryHost(now.Host, out var host);
        var guest = EstateStep.NewId(taskId, "guest");
        var disk = now.Disks[0];
        return Plan(
            guest,
            now.Host,
            Disk(guest, request.Name, disk.Datastore ?? "", disk.Capacity ?? DefaultDisk, estate.Layout.PlatformOf(host)),
            new WorkStep(
                DefineStep.Name,
                $"Define {request.Name} like {now.Name}",
                Arguments(("guest", guest.ToString()), ("source", now.NativeId.ToString()), ("name", request.Name))
            ),
            request.Start
        );
    }

    public async Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        var now = estate.Find(guest.NativeId) ?? throw NoSuchGuest(guest);
        Require(Verb.Delete, now);
        var volume = VolumeOf(now.NativeId);
        WorkStep[] steps =
        [
            new(DeleteStep.Name, $"Delete {now.Name}", Arguments(("guest", now.NativeId.ToString()))) { PointOfNoReturn = true },
            .. keepDisks || !estate.HasVolume(volume) ? (WorkStep[])[] : [new(DeleteDiskStep.Name, $"Delete the disk of {now.Name}", Arguments(("volume", volume.ToString())))],
        ];
        return new WorkPlan { Steps = [.. steps], Host = now.Host };
    }

    public async Task<WorkPlan> PlanMigrateAsync(
        Guest guest,
        Host target,
        IProviderConnection? peer,
        MigrateGuest request,
        string taskId,
        CancellationToken cancellationToken
    )
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        var now = estate.Find(guest.NativeId) ?? throw NoSuchGuest(guest);
        Require(Verb.Migrate, now);
        if (peer is not null || !estate.TryHost(target.Name, out var to) || !estate.TryHost(now.Host, out var from))
            throw new ProviderException(ProviderError.NotCapable, $"Simulated guests migrate within their own estate; {target.Name} is not in it.");
        if (from == to)
            throw new ProviderException(ProviderError.Conflict, $"'{now.Name}' is on {target.Name} already.");
        if (estate.Layout.ClusterOf(from) != estate.Layout.ClusterOf(to))
            throw new ProviderException(ProviderError.NotCapable, $"{now.Host} and {target.Name} are not in one cluster: they share no storage.");
        RoomFor(now with { Host = target.Name });
        return new WorkPlan
        {
            Host = target.Name,
            Steps =
            [
                new WorkStep(MigrateStep.Name, $"Migrate {now.Name} to {target.Name}", Arguments(("guest", now.NativeId.ToString()), ("from", now.Host!), ("to", target.Name))),
            ],
        };
    }

    private static WorkPlan Plan(NativeId guest, string? host, WorkStep disk, WorkStep define, bool start)
    {
        var steps = ImmutableArray.Create(disk, define);
        if (start)
            steps = steps.Add(new WorkStep(StartStep.Name, "Start it", Arguments(("guest", guest.ToString()))));
        return new WorkPlan { Steps = steps, Host = host, Makes = guest };
    }

    private static WorkStep Disk(NativeId guest, string name, string datastore, long capacity, Platform platform) =>
        new(
            DiskStep.Name,
            $"Create the disk of {name} in {datastore}",
            Arguments(("volume", VolumeOf(guest).ToString()), ("name", $"{name}-disk"), ("datastore", datastore), ("format", platform.DiskFormat), ("capacity", Number(capacity)))
        );

    /// <summary>The volume that is made for a guest: its identity follows from the guest's.</summary>
    private static NativeId VolumeOf(NativeId guest) => EstateStep.NewId(guest.ToString(), "volume");

    private static ImmutableSortedDictionary<string, string> Arguments(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var arguments = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
            arguments.Add(name, value);
        return arguments.ToImmutable();
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
