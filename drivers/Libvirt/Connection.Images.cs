using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Work;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IImageStore
{
    public async Task<WorkPlan> PlanImportAsync(ImageImport import, string taskId, CancellationToken cancellationToken)
    {
        if (import.Format is not ("qcow2" or "raw"))
            throw new ProviderException(ProviderError.InvalidArgument, $"Images here are qcow2 or raw, not {import.Format}.");
        if (import.Name.Length is 0 or > 200 || import.Name[0] is '.' or '-' || !import.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new ProviderException(ProviderError.InvalidArgument, $"'{import.Name}' can't be an image's name: letters, digits, '-', '_' and '.', and no '.' or '-' at the start.");
        if (ImageNames.IsAccessory(import.Name))
            throw new ProviderException(ProviderError.InvalidArgument, $"'{import.Name}' is a name that the driver uses itself beside images.");
        var pool = await _daemon.Storage.FindPoolAsync(_settings.ImagePool, cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        if (PoolStep.For(_settings.ImagePool, pool, _settings) is { } prepare)
            steps.Add(prepare);
        else
            await RequireRoomAsync(import, pool!, cancellationToken).ConfigureAwait(false);
        steps.Add(ImageStep.For(_settings.ImagePool, import));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = _host.Hostname };
    }

    public async Task<WorkPlan> PlanImageDeleteAsync(Image image, string taskId, CancellationToken cancellationToken)
    {
        var found = await Images.RequireAsync(image.Id.ToString(), cancellationToken).ConfigureAwait(false);
        var overlays = await OverlaysAsync(found.Path, cancellationToken).ConfigureAwait(false);
        if (overlays.Count > 0)
            throw new ProviderException(
                ProviderError.Conflict,
                $"The image '{found.Name}' can't be deleted: {overlays.Count} disks lie upon it ({string.Join(", ", overlays.Take(5))}{(overlays.Count > 5 ? ", ..." : "")}). Delete their guests first."
            );
        return new WorkPlan
        {
            Steps = [DeleteVolumesStep.For([(found.Volume.Pool, found.Volume.Name), (found.Volume.Pool, ImageNames.Sidecar(found.Name))])],
            Host = _host.Hostname,
        };
    }

    private async Task RequireRoomAsync(ImageImport import, FoundPool pool, CancellationToken cancellationToken)
    {
        var names = (await _daemon.Storage.VolumesAsync(pool.Ref, cancellationToken).ConfigureAwait(false)).Select(v => ImageNames.Of(v.Name));
        if (names.Contains(import.Name))
            throw new ProviderException(ProviderError.Conflict, $"There is an image '{import.Name}' already: delete it first, or take another name.");
        if (new FileInfo(import.File) is { Exists: true, Length: var length } && length > pool.Available)
            throw new ProviderException(ProviderError.CapacityExceeded, $"The image needs {Storage.Size(length)} and the datastore '{pool.Ref.Name}' has {Storage.Size(pool.Available)} left.");
    }

    /// <summary>Volumes of any pool that lie upon a path.</summary>
    private async Task<IReadOnlyList<string>> OverlaysAsync(string path, CancellationToken cancellationToken)
    {
        var overlays = new List<string>();
        // VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE
        foreach (var pool in await AskAsync(_client.ConnectListAllStoragePoolsAsync(2, cancellationToken), "list the storage pools").ConfigureAwait(false))
            foreach (var volume in await _daemon.Storage.VolumesAsync(pool, cancellationToken).ConfigureAwait(false))
                if (await Calls.FindAsync(BackingAsync(volume, cancellationToken), $"read the volume '{volume.Name}'").ConfigureAwait(false) is { } backing && backing.Path == path)
                    overlays.Add($"{pool.Name}/{volume.Name}");
        return overlays;
    }

    private async Task<(string? Path, bool Known)> BackingAsync(Wire.VolumeRef volume, CancellationToken cancellationToken) =>
        (VolumeDescription.Read(await _client.StorageVolGetXmlDescAsync(volume, 0, cancellationToken).ConfigureAwait(false), volume.Name).Backing, true);
}
