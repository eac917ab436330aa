using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>A listing of pools, volumes, images and networks.</summary>
internal sealed record Places(IReadOnlyList<Change> Seen, VolumeIndex Volumes, ObjectKind[] Kinds);

/// <summary>
/// Lists storage and networks: at connect, when the daemon tells of a change, and now and then. A pool that hangs (an
/// NFS server that is gone) is shown without its volumes.
/// </summary>
internal sealed partial class PlaceWatch(LibvirtClient client, string provider, string hostname, ImageReader images, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan PoolTimeout = TimeSpan.FromSeconds(10);
    private const int CallsAtOnce = 32;
    private static readonly string[] PoolStates = ["inactive", "building", "running", "degraded", "inaccessible"];

    private readonly Dictionary<string, (ulong Allocation, ulong Capacity, VolumeDescription Description)> _volumes = [];

    public async Task<Places> ListAsync(CancellationToken cancellationToken)
    {
        var seen = new List<Change>();
        var volumes = new List<KeyValuePair<string, IndexedVolume>>();
        var kinds = new List<ObjectKind>();
        if (await ListedAsync(client.ConnectListAllNetworksAsync(0, cancellationToken)).ConfigureAwait(false) is { } networks)
        {
            kinds.Add(ObjectKind.Network);
            foreach (var network in networks)
                if (await NetworkAsync(network, cancellationToken).ConfigureAwait(false) is { } change)
                    seen.Add(change);
        }
        if (await ListedAsync(client.ConnectListAllStoragePoolsAsync(0, cancellationToken)).ConfigureAwait(false) is { } pools)
        {
            var whole = true;
            foreach (var pool in pools)
                whole &= await PoolAsync(pool, seen, volumes, cancellationToken).ConfigureAwait(false);
            kinds.Add(ObjectKind.Datastore);
            // A pool that did not answer has volumes that this listing does not show.
            if (whole)
                kinds.AddRange([ObjectKind.Volume, ObjectKind.Image]);
        }
        return new Places(seen, new VolumeIndex(volumes), [.. kinds]);
    }

    private async Task<Change?> NetworkAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        try
        {
            var active = client.NetworkIsActiveAsync(network, cancellationToken);
            var xml = await client.NetworkGetXmlDescAsync(network, 0, cancellationToken).ConfigureAwait(false);
            var description = NetworkDescription.Read(xml, network.Name);
            var native = new NativeId(network.Uuid.ToString("D"));
            var shown = new Network
            {
                Id = ObjectId.Derive(ObjectKind.Network, provider, native),
                NativeId = native,
                Name = network.Name,
                Provider = provider,
                Host = hostname,
                Active = await active.ConfigureAwait(false),
                Type = description.Type,
                Bridge = description.Bridge,
                Vlan = description.Vlan,
                Subnets = description.Subnets,
                ObservedAt = Now,
            };
            return new Seen(shown, NativeJson.Of("network", xml));
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            return null; // Gone since it was listed.
        }
    }

    /// <summary>False when its volumes could not be listed.</summary>
    private async Task<bool> PoolAsync(PoolRef pool, List<Change> seen, List<KeyValuePair<string, IndexedVolume>> volumes, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(PoolTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var info = client.StoragePoolGetInfoAsync(pool, both.Token);
            var xml = await client.StoragePoolGetXmlDescAsync(pool, 0, both.Token).ConfigureAwait(false);
            var (state, capacity, _, available) = await info.ConfigureAwait(false);
            var description = PoolDescription.Read(xml, pool.Name);
            var active = state is 2 or 3;
            seen.Add(new Seen(Datastore(pool, description, state, capacity, available), NativeJson.Of("pool", xml)));
            if (active)
                await VolumesAsync(pool, seen, volumes, both.Token).ConfigureAwait(false);
            return true;
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            LogPoolFailed(log, pool.Name, e.Message);
            return e.Code == LibvirtErrorCode.NoStoragePool;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogPoolTimedOut(log, pool.Name, PoolTimeout.TotalSeconds);
            return false;
        }
    }

    private Datastore Datastore(PoolRef pool, PoolDescription description, byte state, ulong capacity, ulong available)
    {
        var native = new NativeId(pool.Uuid.ToString("D"));
        return new Datastore
        {
            Id = ObjectId.Derive(ObjectKind.Datastore, provider, native),
            NativeId = native,
            Name = pool.Name,
            Provider = provider,
            Host = hostname,
            Type = description.Type,
            State = state < PoolStates.Length ? PoolStates[state] : $"state {state}",
            Active = state is 2 or 3,
            Capacity = state is 2 or 3 ? Clamp(capacity) : null,
            Available = state is 2 or 3 ? Clamp(available) : null,
            Location = description.Source is { } source ? $"{source} at {description.Path}" : description.Path,
            ObservedAt = Now,
        };
    }

    private async Task VolumesAsync(PoolRef pool, List<Change> seen, List<KeyValuePair<string, IndexedVolume>> index, CancellationToken cancellationToken)
    {
        var listed = await client.StoragePoolListAllVolumesAsync(pool, 0, cancellationToken).ConfigureAwait(false);
        var described = new (VolumeRef Ref, VolumeDescription? Description)[listed.Length];
        await Parallel
            .ForAsync(
                0,
                listed.Length,
                new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
                async (i, token) => described[i] = (listed[i], await DescribeAsync(listed[i], token).ConfigureAwait(false))
            )
            .ConfigureAwait(false);
        var found = described.Where(d => d.Description is not null).Select(d => (d.Ref, Description: d.Description!)).ToList();
        if (images.IsImagePool(pool.Name))
        {
            seen.AddRange(await images.ReadAsync(found, Now, cancellationToken).ConfigureAwait(false));
            found.RemoveAll(v => ImageNames.IsAccessory(v.Ref.Name));
        }
        foreach (var (volume, description) in found)
        {
            seen.Add(new Seen(Volume(volume, description)));
            var indexed = new IndexedVolume(pool.Name, volume.Name, description.Capacity, description.Format, description.Backing);
            index.Add(new($"{pool.Name}/{volume.Name}", indexed));
            if (description.Path is { } path)
                index.Add(new(path, indexed));
        }
    }

    /// <summary>A volume's XML, read again only when its numbers changed.</summary>
    private async Task<VolumeDescription?> DescribeAsync(VolumeRef volume, CancellationToken cancellationToken)
    {
        try
        {
            var (_, capacity, allocation) = await client.StorageVolGetInfoFlagsAsync(volume, 0, cancellationToken).ConfigureAwait(false);
            // A sidecar may be written again at the same size.
            lock (_volumes)
                if (!ImageNames.IsSidecar(volume.Name) && _volumes.TryGetValue(volume.Key, out var known) && known.Allocation == allocation && known.Capacity == capacity)
                    return known.Description;
            var description = VolumeDescription.Read(await client.StorageVolGetXmlDescAsync(volume, 0, cancellationToken).ConfigureAwait(false), volume.Name);
            lock (_volumes)
                _volumes[volume.Key] = (allocation, capacity, description);
            return description;
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            return null; // Gone since it was listed, or its header can't be read.
        }
    }

    private Volume Volume(VolumeRef volume, VolumeDescription description)
    {
        var native = new NativeId(volume.Key);
        return new Volume
        {
            Id = ObjectId.Derive(ObjectKind.Volume, provider, native),
            NativeId = native,
            Name = volume.Name,
            Provider = provider,
            Datastore = volume.Pool,
            Format = description.Format,
            Capacity = description.Capacity,
            Allocation = description.Allocation,
            BackingVolume = description.Backing,
            Path = description.Path,
            ObservedAt = Now,
        };
    }

    /// <summary>Null for a hypervisor that has none of them in libvirt.</summary>
    private static async Task<T[]?> ListedAsync<T>(Task<T[]> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            return null;
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private static long Clamp(ulong bytes) => (long)Math.Min(bytes, long.MaxValue);

    [LoggerMessage(LogLevel.Warning, "Storage pool {Pool} could not be read: {Message}")]
    private static partial void LogPoolFailed(ILogger logger, string pool, string message);

    [LoggerMessage(LogLevel.Warning, "Storage pool {Pool} did not answer within {Seconds} s")]
    private static partial void LogPoolTimedOut(ILogger logger, string pool, double seconds);
}
