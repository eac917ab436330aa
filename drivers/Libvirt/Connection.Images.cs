using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Work;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IImageStore, IGuestCapture
{
    public async Task<WorkPlan> PlanImportAsync(ImageImport import, string taskId, CancellationToken cancellationToken)
    {
        if (import.Format is not ("qcow2" or "raw"))
            throw new ProviderException(ProviderError.InvalidArgument, $"Images here are qcow2 or raw, not {import.Format}.");
        RequireImageName(import.Name);
        var pool = await _daemon.Storage.FindPoolAsync(_settings.ImagePool, cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        if (PoolStep.For(_settings.ImagePool, pool, _settings) is { } prepare)
            steps.Add(prepare);
        else
            await RequireRoomAsync(import.Name, new FileInfo(import.File) is { Exists: true, Length: var length } ? length : 0, pool!, cancellationToken).ConfigureAwait(false);
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

    public async Task<WorkPlan> PlanCaptureAsync(Guest guest, CaptureGuest request, string taskId, CancellationToken cancellationToken)
    {
        Require(Verb.Capture, guest);
        RequireImageName(request.Name);
        var (domain, description) = await LiveAsync(guest, cancellationToken).ConfigureAwait(false);
        if (domain.Id >= 0)
            throw new ProviderException(ProviderError.Conflict, $"'{guest.Name}' is on, and its disk can be copied only while it is off: stop it first.");
        var disks = await FileDisks.RequireAsync(_daemon, domain, description, "made an image", cancellationToken).ConfigureAwait(false);
        if (disks.Count > 1)
            throw new ProviderException(ProviderError.NotCapable, $"'{guest.Name}' has {disks.Count} disks ({string.Join(", ", disks.Select(d => d.Target))}), and an image holds one: detach the others from it, or clone it.");
        var pool = await _daemon.Storage.FindPoolAsync(_settings.ImagePool, cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        if (PoolStep.For(_settings.ImagePool, pool, _settings) is { } prepare)
            steps.Add(prepare);
        else
            await RequireRoomAsync(request.Name, disks[0].Allocation, pool!, cancellationToken).ConfigureAwait(false);
        steps.Add(ImageStep.For(_settings.ImagePool, request, disks[0], description));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = _host.Hostname };
    }

    private static void RequireImageName(string name)
    {
        if (name.Length is 0 or > 200 || name[0] is '.' or '-' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new ProviderException(ProviderError.InvalidArgument, $"'{name}' can't be an image's name: letters, digits, '-', '_' and '.', and no '.' or '-' at the start.");
        if (ImageNames.IsAccessory(name))
            throw new ProviderException(ProviderError.InvalidArgument, $"'{name}' is a name that the driver uses itself beside images.");
    }

    private async Task RequireRoomAsync(string name, long needed, FoundPool pool, CancellationToken cancellationToken)
    {
        var names = (await _daemon.Storage.VolumesAsync(pool.Ref, cancellationToken).ConfigureAwait(false)).Select(v => ImageNames.Of(v.Name));
        if (names.Contains(name))
            throw new ProviderException(ProviderError.Conflict, $"There is an image '{name}' already: delete it first, or take another name.");
        if (needed > pool.Available)
            throw new ProviderException(ProviderError.CapacityExceeded, $"The image needs {Storage.Size(needed)} and the datastore '{pool.Ref.Name}' has {Storage.Size(pool.Available)} left.");
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
