using System.Collections.Concurrent;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>Reads the images of the image pool. A sidecar is downloaded once and again when it changed.</summary>
internal sealed class ImageReader(LibvirtClient client, string provider, string imagePool)
{
    private readonly ConcurrentDictionary<string, (DateTime? ChangedAt, ImageSidecar? Sidecar)> _sidecars = new();

    public bool IsImagePool(string pool) => pool == imagePool;

    /// <summary>The images among a pool's volumes; one whose import has not finished is none yet.</summary>
    public async Task<IReadOnlyList<Change>> ReadAsync(
        IReadOnlyCollection<(VolumeRef Ref, VolumeDescription Description)> volumes,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        var unfinished = volumes.Where(v => ImageNames.IsAccessory(v.Ref.Name) && !ImageNames.IsSidecar(v.Ref.Name)).Select(v => ImageNames.Of(v.Ref.Name)).ToHashSet();
        var seen = new List<Change>();
        foreach (var (volume, description) in volumes)
        {
            var name = ImageNames.Of(volume.Name);
            if (ImageNames.IsAccessory(volume.Name) || unfinished.Contains(name) || description.Format is not ("qcow2" or "raw"))
                continue;
            var beside = volumes.FirstOrDefault(v => v.Ref.Name == ImageNames.Sidecar(name));
            var sidecar = beside.Description is null ? null : await SidecarAsync(beside.Ref, beside.Description.ChangedAt, cancellationToken).ConfigureAwait(false);
            seen.Add(new Seen(Make(name, volume, description, sidecar, now)));
        }
        return seen;
    }

    public Image Make(string name, VolumeRef volume, VolumeDescription description, ImageSidecar? sidecar, DateTime now)
    {
        var native = new NativeId(volume.Key);
        return new Image
        {
            Id = ObjectId.Derive(ObjectKind.Image, provider, native),
            NativeId = native,
            Name = name,
            Provider = provider,
            Arch = sidecar?.Arch ?? Architecture.Unknown,
            Os = sidecar?.Os ?? OperatingSystemInfo.Unknown,
            Firmware = sidecar?.Firmware ?? Firmware.Unknown,
            Format = description.Format,
            Capacity = description.Capacity,
            Size = description.Allocation,
            Datastore = volume.Pool,
            Description = sidecar?.Description,
            CreatedAt = sidecar?.CreatedAt ?? description.ChangedAt,
            ObservedAt = now,
        };
    }

    public async Task<ImageSidecar?> SidecarAsync(VolumeRef volume, DateTime? changedAt, CancellationToken cancellationToken)
    {
        if (changedAt is not null && _sidecars.TryGetValue(volume.Key, out var known) && known.ChangedAt == changedAt)
            return known.Sidecar;
        var sidecar = await DownloadAsync(volume, cancellationToken).ConfigureAwait(false);
        _sidecars[volume.Key] = (changedAt, sidecar);
        return sidecar;
    }

    private async Task<ImageSidecar?> DownloadAsync(VolumeRef volume, CancellationToken cancellationToken)
    {
        try
        {
            using var bytes = new MemoryStream();
            await using var download = await client.DownloadAsync(volume, 0, ImageSidecar.MaxBytes, cancellationToken).ConfigureAwait(false);
            await foreach (var piece in download.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (bytes.Length + piece.Data.Length > ImageSidecar.MaxBytes)
                    return null;
                bytes.Write(piece.Data.Span);
            }
            return ImageSidecar.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            return null; // The image stands without it.
        }
    }
}
