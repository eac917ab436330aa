using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Where a new guest goes.</summary>
internal sealed record Place(HostRecord Host, MoRef Pool, MoRef Folder, DatastoreRecord Datastore, IReadOnlyList<NicSpec> Nics);

/// <summary>Finds host, pool, folder, datastore and networks for a new guest, by what was asked for and what is free.</summary>
internal sealed class Placing(Estate estate, string where)
{
    public Place Of(CreateGuest request, GuestSettings settings, GuestRecord? source)
    {
        var wanted = request.Datastore is { } name ? Datastores(name) : null;
        var hosts = Hosts(request, wanted);
        var host = hosts[0];
        var datacenter = estate.Datacenter(host) ?? throw Missing($"the datacenter of {host.Name}");
        var need = request.Disk ?? source?.Hardware.Disks.Where(disk => disk.Device == "disk").Sum(disk => disk.Capacity ?? 0) ?? 0;
        var datastore = wanted?.FirstOrDefault(store => Reaches(host, store)) ?? Largest(host);
        if (datastore.FreeSpace is { } free && need > free)
            throw new ProviderException(ProviderError.CapacityExceeded, $"The datastore {datastore.Name} has {free >> 20} MiB free, and the disks need {need >> 20}.") { NativeCode = "summary.freeSpace" };
        return new Place(host, Pool(host, settings.Pool), Folder(datacenter, settings.Folder), datastore, Nics(request, datacenter, source));
    }

    private List<DatastoreRecord> Datastores(string name)
    {
        var found = estate.All<DatastoreRecord>().Where(store => store.Name == name).ToList();
        if (found.Count == 0)
            throw NotFound("datastore", name, estate.All<DatastoreRecord>());
        return found.Exists(store => store.Accessible) ? found : throw new ProviderException(ProviderError.Conflict, $"No host reaches the datastore '{name}' now.");
    }

    private List<HostRecord> Hosts(CreateGuest request, List<DatastoreRecord>? datastores)
    {
        var all = estate.All<HostRecord>().ToList();
        if (request.Host is { } name)
        {
            var named = all.Find(host => host.Name == name) ?? throw NotFound("host", name, all);
            if (StateOf(named) != HostState.Up)
                throw new ProviderException(ProviderError.Conflict, $"The host '{name}' takes no guests now: it is {(named.InMaintenance ? "in maintenance mode" : named.ConnectionWord)}.");
            if (datastores?.Exists(store => Reaches(named, store)) == false)
                throw new ProviderException(ProviderError.InvalidArgument, $"The host '{name}' does not reach the datastore '{request.Datastore}'.");
            return [named];
        }
        var used = estate.All<GuestRecord>().Where(guest => guest.PowerWord == "poweredOn" && !guest.Host.IsEmpty).GroupBy(guest => guest.Host.Value).ToDictionary(on => on.Key, on => on.Sum(guest => (long)guest.Hardware.MemoryMb << 20));
        var able = all.Where(host => StateOf(host) == HostState.Up && (datastores is null ? estate.All<DatastoreRecord>().Any(store => store.Accessible && Reaches(host, store)) : datastores.Exists(store => Reaches(host, store))))
            .OrderByDescending(host => host.Memory - used.GetValueOrDefault(host.Self.Value)).ThenBy(host => host.Name, StringComparer.Ordinal).ToList();
        return able.Count > 0 ? able : throw new ProviderException(ProviderError.CapacityExceeded, $"{where} has no host that is up and reaches {(request.Datastore is { } store ? $"the datastore '{store}'" : "a datastore")}.");
    }

    private static HostState StateOf(HostRecord host) => Mapping.Host(host.ConnectionWord, host.PowerWord, host.InMaintenance);

    private static bool Reaches(HostRecord host, DatastoreRecord datastore) => datastore.Accessible && Array.Exists(datastore.Hosts, mounted => mounted.Value == host.Self.Value);

    private DatastoreRecord Largest(HostRecord host) =>
        estate.All<DatastoreRecord>().Where(store => Reaches(host, store)).OrderByDescending(store => store.FreeSpace ?? 0).ThenBy(store => store.Name, StringComparer.Ordinal).FirstOrDefault()
        ?? throw new ProviderException(ProviderError.CapacityExceeded, $"The host '{host.Name}' reaches no datastore.");

    private MoRef Pool(HostRecord host, string? name)
    {
        var compute = estate.Compute(host) ?? throw Missing($"what {host.Name} is part of");
        if (name is null)
            return compute.RootPool;
        var pools = estate.All<PlaceRecord>().Where(place => place.Self.Type is "ResourcePool" or "VirtualApp" && place.Owner == compute.Self).ToList();
        return pools.Find(pool => pool.Name == name)?.Self ?? throw NotFound("resource pool", name, pools);
    }

    private MoRef Folder(PlaceRecord datacenter, string? path)
    {
        var at = datacenter.VmFolder.IsEmpty ? throw Missing($"the folder of {datacenter.Name}") : datacenter.VmFolder;
        foreach (var name in path?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var children = estate.All<PlaceRecord>().Where(place => place.Self.Type == "Folder" && place.Parent == at).ToList();
            at = children.Find(folder => folder.Name == name)?.Self ?? throw NotFound("folder", path!, children);
        }
        return at;
    }

    private List<NicSpec> Nics(CreateGuest request, PlaceRecord datacenter, GuestRecord? source)
    {
        var here = estate.All<NetworkRecord>().Where(network => !network.IsUplink && network.Name.Length > 0 && estate.Datacenter(network) == datacenter).OrderBy(network => network.Name, StringComparer.Ordinal).ToList();
        if (request.Networks.Length > 0)
            return [.. request.Networks.Select(name => NicSpec.Of(here.Find(network => network.Name == name) ?? throw NotFound("network", name, here), estate))];
        if (source is not null)
            return []; // Those of the image.
        var usual = here.Find(network => network.Self.Type == "Network" && network.Accessible) ?? here.Find(network => network.Self.Type == "DistributedVirtualPortgroup" && network.Accessible);
        return usual is null ? [] : [NicSpec.Of(usual, estate)];
    }

    private ProviderException NotFound(string kind, string name, IEnumerable<EstateRecord> known)
    {
        var near = NearestNames.To(name, known.Select(record => record.Name));
        return new ProviderException(ProviderError.NotFound, $"{where} has no {kind} '{name}'{(near.IsEmpty ? "" : $": is it {string.Join(" or ", near)}?")}.") { NativeCode = VimErrors.NoSuchObject };
    }

    private ProviderException Missing(string what) => new(ProviderError.PermissionDenied, $"{where} does not show {what}: give the user the privilege to see it (System.View and System.Read).");
}
