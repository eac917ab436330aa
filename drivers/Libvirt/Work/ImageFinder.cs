using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>An image as work needs it.</summary>
internal sealed record FoundImage(string Name, VolumeRef Volume, string Path, string Format, long Capacity, long Allocation, ImageSidecar? Sidecar);

/// <summary>Finds images by name or id at the daemon itself: what was listed a minute ago may be gone.</summary>
internal sealed class ImageFinder(Daemon daemon, string provider)
{
    /// <exception cref="ProviderException">There is none; the message lists those there are.</exception>
    public async Task<FoundImage> RequireAsync(string reference, CancellationToken cancellationToken)
    {
        var pool = await daemon.Storage.FindPoolAsync(daemon.Settings.ImagePool, cancellationToken).ConfigureAwait(false);
        var volumes = pool is { Active: true } ? await daemon.Storage.VolumesAsync(pool.Ref, cancellationToken).ConfigureAwait(false) : [];
        var disks = volumes.Where(v => !ImageNames.IsAccessory(v.Name)).ToList();
        var matches = disks.Where(v => ImageNames.Of(v.Name) == reference || v.Name == reference || Id(v) == reference).ToList();
        if (matches.Count == 0)
            throw new ProviderException(
                ProviderError.NotFound,
                disks.Count == 0
                    ? $"There is no image '{reference}': the image pool '{daemon.Settings.ImagePool}' of {daemon.Host.Hostname} is empty. Import one first (anyvisor image import FILE --name {reference})."
                    : $"There is no image '{reference}'. There is: {string.Join(", ", disks.Select(v => ImageNames.Of(v.Name)).Order(StringComparer.Ordinal))}."
            );
        if (matches.Count > 1)
            throw new ProviderException(ProviderError.InvalidArgument, $"'{reference}' names several images: {string.Join(", ", matches.Select(v => v.Name))}. Use a whole name.");
        var volume = matches[0];
        var name = ImageNames.Of(volume.Name);
        if (volumes.Any(v => ImageNames.IsAccessory(v.Name) && !ImageNames.IsSidecar(v.Name) && ImageNames.Of(v.Name) == name))
            throw new ProviderException(ProviderError.Conflict, $"The import of the image '{name}' has not finished.");
        var description = await daemon.Storage.DescribeAsync(volume, cancellationToken).ConfigureAwait(false);
        return new FoundImage(
            name,
            volume,
            description.Path ?? volume.Key,
            description.Format is "qcow2" or "raw" ? description.Format : throw new ProviderException(ProviderError.InvalidArgument, $"The image '{name}' is of format {description.Format}: only qcow2 and raw can be started."),
            description.Capacity ?? 0,
            description.Allocation ?? 0,
            await SidecarAsync(volumes, name, cancellationToken).ConfigureAwait(false)
        );
    }

    public async Task<ImageSidecar?> SidecarAsync(IEnumerable<VolumeRef> volumes, string image, CancellationToken cancellationToken)
    {
        var sidecar = volumes.Where(v => v.Name == ImageNames.Sidecar(image)).Select(v => (VolumeRef?)v).FirstOrDefault();
        if (sidecar is not { } found)
            return null;
        var description = await daemon.Storage.DescribeAsync(found, cancellationToken).ConfigureAwait(false);
        return await Calls.AskAsync(daemon.Watch.Images.SidecarAsync(found, description.ChangedAt, cancellationToken), $"read what the image '{image}' is").ConfigureAwait(false);
    }

    private string Id(VolumeRef volume) => ObjectId.Derive(ObjectKind.Image, provider, new NativeId(volume.Key)).ToString();
}
