using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>A pool that is there, with what its XML says.</summary>
internal sealed record FoundPool(PoolRef Ref, PoolDescription Description, bool Active, long Available);

/// <summary>Pools and volumes by name, as work needs them.</summary>
/// <param name="client">The daemon.</param>
/// <param name="deleted">Is told the key of each volume that went.</param>
internal sealed class Storage(LibvirtClient client, Action<string> deleted)
{
    public async Task<FoundPool?> FindPoolAsync(string name, CancellationToken cancellationToken)
    {
        var doing = $"read the storage pool '{name}'";
        if (await Calls.FindAsync(client.StoragePoolLookupByNameAsync(name, cancellationToken), doing).ConfigureAwait(false) is not { } pool)
            return null;
        var info = client.StoragePoolGetInfoAsync(pool, cancellationToken);
        var xml = await Calls.AskAsync(client.StoragePoolGetXmlDescAsync(pool, 0, cancellationToken), doing).ConfigureAwait(false);
        var (state, _, _, available) = await Calls.AskAsync(info, doing).ConfigureAwait(false);
        return new FoundPool(pool, PoolDescription.Read(xml, name), state is 2 or 3, (long)Math.Min(available, long.MaxValue));
    }

    public async Task<IReadOnlyList<string>> PoolNamesAsync(CancellationToken cancellationToken) =>
        [.. (await Calls.AskAsync(client.ConnectListAllStoragePoolsAsync(0, cancellationToken), "list the storage pools").ConfigureAwait(false)).Select(p => p.Name).Order(StringComparer.Ordinal)];

    public async Task<IReadOnlyList<VolumeRef>> VolumesAsync(PoolRef pool, CancellationToken cancellationToken) =>
        await Calls.AskAsync(client.StoragePoolListAllVolumesAsync(pool, 0, cancellationToken), $"list the volumes of '{pool.Name}'").ConfigureAwait(false);

    /// <summary>Null when pool or volume is not there.</summary>
    public async Task<VolumeRef?> FindVolumeAsync(string pool, string volume, CancellationToken cancellationToken)
    {
        var doing = $"look for the volume '{volume}' in '{pool}'";
        if (await Calls.FindAsync(client.StoragePoolLookupByNameAsync(pool, cancellationToken), doing).ConfigureAwait(false) is not { } found)
            return null;
        return await Calls.FindAsync(client.StorageVolLookupByNameAsync(found, volume, cancellationToken), doing).ConfigureAwait(false);
    }

    public Task<VolumeRef?> FindByPathAsync(string path, CancellationToken cancellationToken) =>
        Calls.FindAsync(client.StorageVolLookupByPathAsync(path, cancellationToken), $"look for the volume at '{path}'");

    public async Task<VolumeDescription> DescribeAsync(VolumeRef volume, CancellationToken cancellationToken) =>
        VolumeDescription.Read(
            await Calls.AskAsync(client.StorageVolGetXmlDescAsync(volume, 0, cancellationToken), $"read the volume '{volume.Name}'").ConfigureAwait(false),
            volume.Name
        );

    public async Task<VolumeRef> CreateAsync(string pool, string name, string xml, VolumeRef? copyOf, CancellationToken cancellationToken)
    {
        var doing = $"create the volume '{name}' in '{pool}'";
        var found = await Calls.AskAsync(client.StoragePoolLookupByNameAsync(pool, cancellationToken), doing).ConfigureAwait(false);
        var call = copyOf is { } source
            ? client.StorageVolCreateXmlFromAsync(found, xml, source, 0, cancellationToken)
            : client.StorageVolCreateXmlAsync(found, xml, 0, cancellationToken);
        return await Calls.ChangeAsync(call, doing).ConfigureAwait(false);
    }

    /// <summary>Has the daemon read the pool's files anew: it does not see what a guest's own process changed in their headers.</summary>
    public async Task RefreshAsync(string pool, CancellationToken cancellationToken)
    {
        var doing = $"refresh the storage pool '{pool}'";
        var found = await Calls.AskAsync(client.StoragePoolLookupByNameAsync(pool, cancellationToken), doing).ConfigureAwait(false);
        try
        {
            await client.StoragePoolRefreshAsync(found, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.InternalError or LibvirtErrorCode.OperationInvalid)
        {
            return; // A volume is being written there: its end refreshes the pool.
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: false);
        }
    }

    /// <summary>Deletes a volume if it is there.</summary>
    public async Task DeleteAsync(string pool, string volume, CancellationToken cancellationToken)
    {
        if (await FindVolumeAsync(pool, volume, cancellationToken).ConfigureAwait(false) is not { } found)
            return;
        try
        {
            await client.StorageVolDeleteAsync(found, 0, cancellationToken).ConfigureAwait(false);
            deleted(found.Key);
        }
        catch (LibvirtException e) when (Calls.IsMissing(e) || e.Message.Contains("No such file", StringComparison.Ordinal))
        {
            return; // Somebody was quicker.
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, $"delete the volume '{volume}' in '{pool}'", mutating: true);
        }
    }

    /// <summary>
    /// Whether the daemon is still writing a new volume. It refuses to resize such a one; the size asked for is the one
    /// that the volume has, so nothing changes when it is done.
    /// </summary>
    public async Task<bool> IsBuildingAsync(VolumeRef volume, CancellationToken cancellationToken)
    {
        var (_, capacity, _) = await Calls.AskAsync(client.StorageVolGetInfoFlagsAsync(volume, 0, cancellationToken), $"read the volume '{volume.Name}'").ConfigureAwait(false);
        try
        {
            await client.StorageVolResizeAsync(volume, capacity, 0, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.OperationInvalid)
        {
            return e.Message.Contains("being", StringComparison.Ordinal);
        }
        catch (LibvirtException)
        {
            return false; // This format or pool can't be resized: then nothing can be told, and most are done at once.
        }
    }

    public async Task GrowAsync(VolumeRef volume, long capacity, CancellationToken cancellationToken)
    {
        var doing = $"grow the volume '{volume.Name}'";
        var (_, now, _) = await Calls.AskAsync(client.StorageVolGetInfoFlagsAsync(volume, 0, cancellationToken), doing).ConfigureAwait(false);
        if ((long)now < capacity)
            await Calls.ChangeAsync(client.StorageVolResizeAsync(volume, (ulong)capacity, 0, cancellationToken), doing).ConfigureAwait(false);
    }

    /// <summary>Writes bytes into a volume that has room for them.</summary>
    public async Task WriteAsync(VolumeRef volume, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await using var upload = await client.UploadAsync(volume, 0, (ulong)bytes.Length, cancellationToken).ConfigureAwait(false);
            await upload.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            await upload.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, $"write the volume '{volume.Name}'", mutating: true);
        }
    }

    /// <exception cref="ProviderException">There is no such pool; the message lists those there are.</exception>
    public async Task<FoundPool> RequireFilePoolAsync(string name, CancellationToken cancellationToken)
    {
        if (await FindPoolAsync(name, cancellationToken).ConfigureAwait(false) is not { } pool)
            throw new ProviderException(
                ProviderError.NotFound,
                $"There is no datastore '{name}'. There is: {string.Join(", ", await PoolNamesAsync(cancellationToken).ConfigureAwait(false))}."
            );
        if (!pool.Description.HoldsFiles)
            throw new ProviderException(ProviderError.NotCapable, $"Disks can't be made in '{name}': it is of type {pool.Description.Type}, and the driver makes them in pools of type dir, fs and netfs.");
        return pool;
    }

    public static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024d / 1024 / 1024:0.##} GiB");
}
