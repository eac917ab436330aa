using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Steps;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

internal sealed partial class Connection : IGuestCreate, IGuestDelete
{
    private const int FirstSlot = 2;
    private const long LeastMemory = 1L << 30;

    public async Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken)
    {
        await LearnAsync(cancellationToken).ConfigureAwait(false);
        RequireName(request.Name);
        var settings = GuestSettings.Read(request.Settings);
        var template = request.Image is { } image ? Template(image) : null;
        var kind = settings.Kind ?? (template?.Kind is PartitionKind.Ibmi ? PartitionKind.Ibmi : PartitionKind.AixLinux);
        var sharing = settings.Sharing ?? (template?.Dedicated == true ? "dedicated" : template?.SharingMode is { } mode && Words.Comparer.Equals(mode, "capped") ? "capped" : "uncapped");
        var units = Units(settings, template, request.Vcpus);
        var system = SystemFor(request, sharing == "dedicated" ? request.Vcpus : units);
        // Of the console, not of what was seen before.
        _ = await PartitionsAsync(system.Uuid, cancellationToken).ConfigureAwait(false);
        RequireFreeName(request.Name, system.Uuid, except: null);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        var common = Arguments(("system", system.Uuid.ToString("D")), ("name", request.Name));
        var disk = request.Disk is { } capacity ? common.AddRange(DiskFor(request, capacity, system, taskId)) : null;
        if (disk is not null)
            steps.Add(new WorkStep(DiskStep.Name, $"Make the disk {disk["disk"]} in {disk["datastore"]}", disk) { Weight = 2 });
        steps.Add(new WorkStep(PartitionStep.Name, $"Make the partition {request.Name} on {system.Name}", common.AddRange(Sizes(request, settings, template, kind, sharing, units, system))));
        var slot = FirstSlot;
        foreach (var network in NetworksFor(request, template, system))
            steps.Add(new WorkStep($"{AdapterStep.Name}-{slot - FirstSlot}", $"Connect it to {network.Network.Name}", Adapter(common, network, slot++)));
        if (disk is not null)
            steps.Add(new WorkStep(MappingStep.Name, $"Serve it the disk from {disk["vios-name"]}", disk) { Weight = 2 });
        if (request.Start)
            steps.Add(new WorkStep(StartStep.Name, "Start it", common));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = system.Name, Concerns = Findings(request, template) };
    }

    public async Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken)
    {
        await LearnAsync(cancellationToken).ConfigureAwait(false);
        var now = await RequireAsync(Verb.Delete, guest, cancellationToken).ConfigureAwait(false);
        var common = Arguments(("guest", now.Facts.Uuid.ToString("D")), ("name", now.Guest.Name));
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        var mine = _estate.Complete(now).Disks.Select(disk => disk.Source).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var number = 0;
        foreach (var vios in _estate.Partitions.Where(one => one.Facts.Kind == PartitionKind.Vios && one.Facts.System == now.Facts.System))
            steps.Add(new WorkStep($"{UnmapStep.Name}-{number++}", $"Take away what {vios.Guest.Name} serves it", common.Add("vios", vios.Facts.Uuid.ToString("D")).Add("vios-name", vios.Guest.Name)) { PointOfNoReturn = true });
        steps.Add(new WorkStep(DeleteStep.Name, $"Delete the partition {now.Guest.Name}", common) { PointOfNoReturn = true });
        number = 0;
        if (!keepDisks)
            foreach (var (pool, volume) in _estate.Pools.Where(pool => pool.Datastore.Host is null || pool.Datastore.Host == now.Guest.Host).SelectMany(pool => pool.Volumes.Where(v => mine.Contains(v.Name)).Select(v => (pool, v))))
                steps.Add(new WorkStep($"{DeleteDiskStep.Name}-{number++}", $"Delete its disk {volume.Name} in {pool.Datastore.Name}", Arguments(("pool", pool.Path), ("disk", volume.Name), ("datastore", pool.Datastore.Name))) { PointOfNoReturn = true });
        return new WorkPlan { Steps = steps.ToImmutable(), Host = now.Guest.Host };
    }

    /// <summary>The partitions of a system as the console lists them now.</summary>
    internal async Task<ImmutableArray<PartitionDraft>> PartitionsAsync(Guid system, CancellationToken cancellationToken)
    {
        var listed = await _client.ListAsync($"uom/ManagedSystem/{system:D}/LogicalPartition?group=None", $"listing the partitions of {_estate.SystemName(system)}", cancellationToken).ConfigureAwait(false);
        ImmutableArray<PartitionDraft> drafts = [.. listed.Select(one => _readers.Partitions.Read(one, system, _estate.SystemName, ObservationSource.Poll))];
        foreach (var draft in drafts)
            _estate.Note(draft);
        return drafts;
    }

    /// <summary>Plans are made of what the watch has seen; before it has, everything is read once.</summary>
    private async Task LearnAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_estate.Pools.IsEmpty || _estate.Systems.Count == 0)
            _ = await _watch.Listings.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    private TemplateDraft Template(string name) =>
        _estate.Templates.Values.FirstOrDefault(t => t.Image.Name == name || t.Image.Id.ToString() == name || string.Equals(t.Uuid.ToString("D"), name, StringComparison.OrdinalIgnoreCase))
        ?? throw Missing("partition template", name, _estate.Templates.Values.Select(t => t.Image.Name));

    private static decimal Units(GuestSettings settings, TemplateDraft? template, int vcpus)
    {
        if (vcpus < 1)
            throw Wrong($"A partition has at least one processor, not {vcpus}");
        var units = settings.Units ?? Math.Round(Math.Clamp((template?.UnitsPerProcessor ?? 0.2m) * vcpus, LeastUnitsPerProcessor * vcpus, vcpus), 2);
        return units >= LeastUnitsPerProcessor * vcpus && units <= vcpus
            ? units
            : throw Wrong($"{vcpus} virtual processors take from {LeastUnitsPerProcessor * vcpus} to {vcpus} processing units, not {units}");
    }

    private SystemDraft SystemFor(CreateGuest request, decimal units)
    {
        if (request.Host is { } name)
        {
            var asked = _estate.System(name) ?? throw Missing("system", name, _estate.Systems.Select(system => system.Name));
            if (!Mapping.Lists(asked.State))
                throw new ProviderException(ProviderError.Conflict, $"{name} is '{asked.State}': nothing can be made on it now");
            return Objection(asked, request, units) is { } objection ? throw objection : asked;
        }
        var up = _estate.Systems.Where(system => Mapping.Lists(system.State) && !system.OtherMaster).OrderByDescending(system => system.FreeMemory).ToList();
        return up.FirstOrDefault(system => Objection(system, request, units) is null)
            ?? throw (up.Count > 0 ? Objection(up[0], request, units)! : new ProviderException(ProviderError.CapacityExceeded, "No system of this console is operating."));
    }

    private static ProviderException? Objection(SystemDraft system, CreateGuest request, decimal units)
    {
        if (request.Memory > system.FreeMemory)
            return new ProviderException(ProviderError.CapacityExceeded, $"{system.Name} has {PartitionReader.Mib(system.FreeMemory)} of memory free; '{request.Name}' needs {PartitionReader.Mib(request.Memory)}");
        if (units > system.FreeUnits)
            return new ProviderException(ProviderError.CapacityExceeded, $"{system.Name} has {system.FreeUnits} processing units free; '{request.Name}' needs {units}");
        try
        {
            RequireMemory(request.Memory, system, 0);
            return null;
        }
        catch (ProviderException e)
        {
            return e;
        }
    }

    private ImmutableSortedDictionary<string, string> DiskFor(CreateGuest request, long capacity, SystemDraft system, string taskId)
    {
        var pools = _estate.Pools.Where(pool => (pool.Datastore.Host ?? system.Name) == system.Name).ToList();
        if (request.Datastore is { } name)
            pools = pools.Where(pool => pool.Datastore.Name == name).ToList() is { Count: > 0 } named ? named : throw Missing("datastore", name, pools.Select(pool => pool.Datastore.Name));
        var pool = pools.OrderByDescending(pool => !pool.Datastore.Name.EndsWith("/rootvg", StringComparison.Ordinal)).ThenByDescending(pool => pool.Datastore.Available ?? 0).FirstOrDefault()
            ?? throw new ProviderException(ProviderError.CapacityExceeded, $"No VIOS of {system.Name} has a volume group or a shared storage pool to make a disk in");
        if (pool.Datastore.Available is { } free && free < capacity)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{pool.Datastore.Name} has {PartitionReader.Mib(free)} free; the disk needs {PartitionReader.Mib(capacity)}");
        var vios = _estate.Partitions.Where(one => one.Facts.Kind == PartitionKind.Vios && one.Facts.System == system.Uuid && (pool.Vios is null || one.Facts.Uuid == pool.Vios))
            .OrderByDescending(one => one.Guest.Power == PowerState.On).ThenBy(one => one.Facts.PartitionId).FirstOrDefault()
            ?? throw new ProviderException(ProviderError.CapacityExceeded, $"{system.Name} has no VIOS that could serve a disk in {pool.Datastore.Name}");
        return Arguments(
            ("pool", pool.Path), ("datastore", pool.Datastore.Name), ("disk", ShortMark(taskId, "disk")), ("capacity", Number(capacity)),
            ("vios", vios.Facts.Uuid.ToString("D")), ("vios-name", vios.Guest.Name));
    }

    private static ImmutableSortedDictionary<string, string> Sizes(
        CreateGuest request, GuestSettings settings, TemplateDraft? template, PartitionKind kind, string sharing, decimal units, SystemDraft system)
    {
        var most = settings.MaxProcessors ?? Math.Min(request.Vcpus * 2, Math.Max(request.Vcpus, system.Host.Cores > 0 ? system.Host.Cores * 10 : request.Vcpus));
        var mostMemory = settings.MaxMemory ?? Math.Min(request.Memory * 2, Math.Max(system.Host.Memory, request.Memory));
        if (most < request.Vcpus || mostMemory < request.Memory)
            throw Wrong("The most that a partition may grow to is less than what it begins with");
        return Arguments(
            ("type", kind == PartitionKind.Ibmi ? "OS400" : "AIX/Linux"),
            ("sharing", sharing),
            ("vcpus", Number(request.Vcpus)),
            ("max-vcpus", Number(most)),
            ("units", Number(units)),
            ("min-units", Number(LeastUnitsPerProcessor)),
            ("max-units", Number(Math.Min(most, Math.Max(units, system.Host.Cores > 0 ? Math.Min(most, system.Host.Cores) : most)))),
            ("weight", Number(settings.Weight ?? template?.Weight ?? 128)),
            ("memory", Number(request.Memory >> 20)),
            ("max-memory", Number(mostMemory >> 20)),
            ("min-memory", Number(Math.Min(request.Memory, LeastMemory) >> 20)),
            ("mode", template?.CompatibilityMode is { } mode && !mode.Equals("default", StringComparison.OrdinalIgnoreCase) ? mode : "default"));
    }

    private IEnumerable<NetworkDraft> NetworksFor(CreateGuest request, TemplateDraft? template, SystemDraft system)
    {
        var here = _estate.Networks.Values.Where(network => network.System == system.Uuid).OrderBy(network => network.Tagged).ThenBy(network => network.Vlan).ToList();
        if (!request.Networks.IsEmpty)
            return [.. request.Networks.Select(name => here.FirstOrDefault(network => network.Network.Name == name) ?? throw Missing("network", name, here.Select(network => network.Network.Name)))];
        var like = (template?.Networks ?? []).Select(name => here.FirstOrDefault(network => network.Network.Name == name)).OfType<NetworkDraft>().ToList();
        return like.Count > 0 ? like : here.Take(1);
    }

    private static ImmutableSortedDictionary<string, string> Adapter(ImmutableSortedDictionary<string, string> common, NetworkDraft network, int slot)
    {
        var arguments = common.Add("network", network.Network.Name).Add("vlan", Number(network.Vlan)).Add("slot", Number(slot));
        return network.Switch is { } on ? arguments.Add("switch", on.ToString("D")) : arguments;
    }

    private static ImmutableArray<Concern> Findings(CreateGuest request, TemplateDraft? template) =>
        template is not null && request.Disk is null
            ? [new Concern("powervm.no-disk", ConcernSeverity.Warning, "No disk", $"The template {template.Image.Name} has a configuration and no disk's content, and no disk is asked for: there will be nothing to start from.", "Ask for one with --disk, and install over the network, or zone storage to the partition.")]
            : [];

    private static ProviderException Missing(string kind, string name, IEnumerable<string> known)
    {
        var nearest = NearestNames.To(name, known);
        return new ProviderException(ProviderError.InvalidArgument, $"There is no {kind} '{name}' there." + (nearest.IsEmpty ? "" : $" Nearest: {string.Join(", ", nearest)}."));
    }

    private static string Number(decimal number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
