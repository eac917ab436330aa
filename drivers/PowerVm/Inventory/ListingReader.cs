using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>
/// Reads everything from the console: systems from the quick list, which has those that are not connected too, and
/// what is on each. What one system refuses to tell blanks no other's, and makes nothing missing.
/// </summary>
internal sealed class ListingReader(HmcClient client, HmcJobs jobs, Readers readers, Estate estate)
{
    private readonly AdapterTable _adapters = new(client, jobs);

    private static readonly ImmutableArray<ObjectKind> All =
        [ObjectKind.Host, ObjectKind.Guest, ObjectKind.Network, ObjectKind.Datastore, ObjectKind.Volume, ObjectKind.Image];

    /// <summary>What a listing that begins now can show in full, as far as the states of the systems tell.</summary>
    public async Task<ImmutableArray<ObjectKind>> ForeseenAsync(CancellationToken cancellationToken)
    {
        var systems = await client.JsonAsync("uom/ManagedSystem/quick/All", "listing the systems", readers.Systems.ReadQuick, cancellationToken).ConfigureAwait(false);
        return systems.All(system => Mapping.Lists(system.State)) ? All : [ObjectKind.Host, ObjectKind.Image];
    }

    public async Task<Listing> ReadAsync(CancellationToken cancellationToken)
    {
        var partly = new ConcurrentDictionary<ObjectKind, bool>();
        var systems = await client.JsonAsync("uom/ManagedSystem/quick/All", "listing the systems", readers.Systems.ReadQuick, cancellationToken).ConfigureAwait(false);
        var tags = TryAsync("uom/Group", "listing the groups", null, partly, cancellationToken);
        var pools = TryAsync("uom/SharedStoragePool?ignoreError=true", "listing the shared storage pools", ObjectKind.Datastore, partly, cancellationToken);
        var templates = TryAsync("templates/PartitionTemplate?detail=full&draft=false", "listing the partition templates", ObjectKind.Image, partly, cancellationToken);
        var read = new ConcurrentBag<SystemContent>();
        await Parallel.ForEachAsync(systems, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (system, token) =>
            read.Add(await SystemAsync(system, partly, token).ConfigureAwait(false))).ConfigureAwait(false);
        if (await tags.ConfigureAwait(false) is { } groups)
            estate.Tags = GroupReader.Read(groups);
        if (await templates.ConfigureAwait(false) is { } found)
            estate.Templates = found.Select(readers.Images.Read).OfType<TemplateDraft>().DistinctBy(t => t.Uuid).ToImmutableDictionary(t => t.Uuid);
        var places = read.SelectMany(content => content.Pools).ToList();
        if (await pools.ConfigureAwait(false) is { } shared)
            places.AddRange(shared.Select(readers.Storage.ReadPool));
        estate.Pools = [.. places.DistinctBy(pool => pool.Datastore.NativeId)];
        return Together([.. read], partly);
    }

    /// <summary>The nics of a partition, of each of the three kinds that it says it has.</summary>
    public async Task<ImmutableArray<Nic>> NicsAsync(PartitionFacts facts, CancellationToken cancellationToken)
    {
        var nics = ImmutableArray.CreateBuilder<Nic>();
        if (facts.HasEthernet)
            nics.AddRange((await ListAsync("ClientNetworkAdapter").ConfigureAwait(false)).OrderBy(adapter => adapter.Content.Whole("VirtualSlotNumber")).Select(adapter => NetworkReader.Ethernet(adapter.Content, estate.Networks, facts.System)));
        if (facts.HasDedicatedVnics)
            nics.AddRange((await ListAsync("VirtualNICDedicated").ConfigureAwait(false)).Select(adapter => NetworkReader.Dedicated(adapter.Content)));
        if (facts.HasSriovPorts)
            nics.AddRange((await ListAsync("SRIOVEthernetLogicalPort").ConfigureAwait(false)).Select(adapter => NetworkReader.Sriov(adapter.Content)));
        return nics.DrainToImmutable();

        Task<List<HmcObject>> ListAsync(string type) => client.ListAsync($"{facts.Path}/{type}", $"reading the adapters of partition {facts.PartitionId} of {facts.SystemName}", cancellationToken);
    }

    /// <summary>The networks of a system, noted where adapters find them.</summary>
    public async Task<ImmutableArray<NetworkDraft>> NetworksAsync(SystemDraft system, ConcurrentDictionary<ObjectKind, bool> partly, CancellationToken cancellationToken)
    {
        var path = $"uom/ManagedSystem/{system.Uuid:D}";
        var switches = await TryAsync($"{path}/VirtualSwitch", $"listing the virtual switches of {system.Name}", ObjectKind.Network, partly, cancellationToken).ConfigureAwait(false) ?? [];
        var named = new Dictionary<Guid, string>();
        foreach (var one in switches)
            if (one.Uuid is { } id && one.Content.Text("SwitchName") is { } name)
                named[id] = name;
        var networks = await TryAsync($"{path}/VirtualNetwork", $"listing the virtual networks of {system.Name}", ObjectKind.Network, partly, cancellationToken).ConfigureAwait(false) ?? [];
        ImmutableArray<NetworkDraft> drafts = [.. networks.Select(network => readers.Networks.ReadNetwork(network, system.Uuid, system.Host.Name, named)).OfType<NetworkDraft>()];
        foreach (var draft in drafts)
            estate.Note(draft);
        return drafts;
    }

    /// <summary>What a system shows of itself and what is on it.</summary>
    private async Task<SystemContent> SystemAsync(SystemDraft system, ConcurrentDictionary<ObjectKind, bool> partly, CancellationToken cancellationToken)
    {
        var path = $"uom/ManagedSystem/{system.Uuid:D}";
        if (!Mapping.Lists(system.State))
        {
            estate.Note(system);
            return Remembered(system, partly);
        }
        if (await TryAsync($"{path}?group=SystemNetwork", $"reading the system {system.Name}", null, partly, cancellationToken).ConfigureAwait(false) is [var details, ..])
            system = SystemReader.WithDetails(system, details.Content);
        estate.Note(system);
        var networks = await NetworksAsync(system, partly, cancellationToken).ConfigureAwait(false);
        var partitions = await TryAsync($"{path}/LogicalPartition?group=None", $"listing the partitions of {system.Name}", ObjectKind.Guest, Draft, partly, cancellationToken).ConfigureAwait(false);
        var vioses = await TryAsync($"{path}/VirtualIOServer?ignoreError=true", $"listing the VIOSes of {system.Name}", ObjectKind.Guest, Vios, partly, cancellationToken).ConfigureAwait(false);
        if (partitions is null || vioses is null)
            return Remembered(system, partly) with { Networks = networks };
        ImmutableArray<PartitionDraft> drafts = [.. partitions, .. vioses.Select(vios => vios.Draft)];
        var adapters = await _adapters.ReadAsync(system, drafts, networks, cancellationToken).ConfigureAwait(false);
        foreach (var (partition, nics) in adapters)
            estate.NoteNics(partition, nics);
        var pools = new List<PoolDraft>();
        foreach (var vios in vioses)
            pools.AddRange(await ServedAsync(vios, system, partly, cancellationToken).ConfigureAwait(false));
        return new SystemContent(system, drafts, networks, [.. pools]) { Connected = adapters.Keys };

        PartitionDraft Draft(HmcObject read) => readers.Partitions.Read(read, system.Uuid, estate.SystemName, ObservationSource.Poll);

        ViosRead Vios(HmcObject read) => new(Draft(read), StorageReader.ReadMappings(read.Content), read.Content.Child("StoragePools").Children("link").Any());
    }

    /// <summary>Notes which disks a VIOS serves, and gives the volume groups that it has.</summary>
    private async Task<ImmutableArray<PoolDraft>> ServedAsync(ViosRead vios, SystemDraft system, ConcurrentDictionary<ObjectKind, bool> partly, CancellationToken cancellationToken)
    {
        var uuid = vios.Draft.Facts.Uuid;
        _ = estate.NoteServed(uuid, vios.Served);
        return vios.HasPools ? await VolumeGroupsAsync(uuid, vios.Draft.Guest.Name, system.Host.Name, partly, cancellationToken).ConfigureAwait(false) : [];
    }

    public async Task<ImmutableArray<PoolDraft>> VolumeGroupsAsync(Guid vios, string name, string? host, ConcurrentDictionary<ObjectKind, bool> partly, CancellationToken cancellationToken)
    {
        var groups = await TryAsync($"uom/VirtualIOServer/{PartitionFacts.Address(vios)}/VolumeGroup", $"listing the volume groups of {name}", ObjectKind.Datastore, partly, cancellationToken).ConfigureAwait(false) ?? [];
        return [.. groups.Select(group => readers.Storage.ReadVolumeGroup(group, vios, name, host))];
    }

    /// <summary>A system that can't be asked: its partitions are there, and how they are, nobody knows.</summary>
    private SystemContent Remembered(SystemDraft system, ConcurrentDictionary<ObjectKind, bool> partly)
    {
        partly[ObjectKind.Guest] = partly[ObjectKind.Network] = partly[ObjectKind.Datastore] = partly[ObjectKind.Volume] = true;
        var word = Mapping.Lists(system.State) ? "not available" : system.State;
        var drafts = estate.Partitions.Where(partition => partition.Facts.System == system.Uuid)
            .Select(partition => partition with { Guest = partition.Guest with { Power = PowerState.Unknown, Transition = Transition.None, Raw = word, Source = ObservationSource.Inferred } });
        return new SystemContent(system, [.. drafts], [.. estate.Networks.Values.Where(network => network.System == system.Uuid)], []);
    }

    /// <summary>
    /// A list, or null where this system refuses it, with its kind noted as not whole. What breaks the line to the
    /// console goes on.
    /// </summary>
    private Task<List<HmcObject>?> TryAsync(string path, string what, ObjectKind? kind, ConcurrentDictionary<ObjectKind, bool> partly, CancellationToken cancellationToken) =>
        TryAsync(path, what, kind, static one => one, partly, cancellationToken);

    private async Task<List<T>?> TryAsync<T>(string path, string what, ObjectKind? kind, Func<HmcObject, T> read, ConcurrentDictionary<ObjectKind, bool> partly, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ListAsync(path, what, read, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error is ProviderError.NotFound or ProviderError.ProviderFault or ProviderError.PermissionDenied or ProviderError.NotCapable or ProviderError.Conflict or ProviderError.InvalidArgument)
        {
            if (kind is { } not)
                partly[not] = true;
            if (kind is ObjectKind.Datastore)
                partly[ObjectKind.Volume] = true;
            return null;
        }
    }

    private Listing Together(ImmutableArray<SystemContent> read, ConcurrentDictionary<ObjectKind, bool> partly)
    {
        // A partition that is migrating is on two systems: once is enough, and where it runs.
        var partitions = read.SelectMany(content => content.Partitions).GroupBy(partition => partition.Facts.Uuid)
            .Select(same => same.OrderByDescending(one => one.Guest.Power == PowerState.On).First()).ToImmutableArray();
        foreach (var partition in partitions)
            estate.Note(partition);
        estate.Keep(read.Select(content => content.System.Uuid).ToHashSet(), partitions.Select(p => p.Facts.Uuid).ToHashSet(), read.SelectMany(content => content.Networks).Select(n => n.Uuid).ToHashSet());
        ImmutableArray<Seen> places =
        [
            .. read.Select(content => new Seen(content.System.Host, content.System.Native)),
            .. read.SelectMany(content => content.Networks).DistinctBy(n => n.Uuid).Select(network => new Seen(network.Network)),
            .. estate.Pools.Select(pool => new Seen(pool.Datastore)),
            .. estate.Pools.SelectMany(pool => pool.Volumes).DistinctBy(volume => volume.NativeId).Select(volume => new Seen(volume)),
            .. estate.Templates.Values.Select(template => new Seen(template.Image, template.Native)),
        ];
        return new Listing([.. All.Where(kind => !partly.ContainsKey(kind))], places, partitions, read.SelectMany(content => content.Connected).ToHashSet());
    }

    /// <summary>A VIOS as a partition, with what it serves and whether it has volume groups.</summary>
    private sealed record ViosRead(PartitionDraft Draft, ImmutableDictionary<Guid, ImmutableArray<ServedDisk>> Served, bool HasPools);

    private sealed record SystemContent(SystemDraft System, ImmutableArray<PartitionDraft> Partitions, ImmutableArray<NetworkDraft> Networks, ImmutableArray<PoolDraft> Pools)
    {
        /// <summary>The partitions whose adapters came with the system's.</summary>
        public IEnumerable<Guid> Connected { get; init; } = [];
    }
}
