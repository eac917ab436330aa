using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>
/// The first bytes of a raw disk are the guest's to write, and the daemon takes what they look like for the file's format
/// when it copies: a guest that writes a qcow2 header naming a file of the host would find that file in the copy.
/// </summary>
internal static class RawDisks
{
    /// <param name="disk">What is to be copied, to follow 'The': <c>disk vda of 'web1'</c>.</param>
    /// <param name="format">As the guest is defined; libvirt takes none for raw.</param>
    /// <param name="volume">What the daemon takes the file for.</param>
    /// <exception cref="ProviderException">It has the disk as raw, and the daemon takes it for something else.</exception>
    public static void RequirePlain(string disk, string? format, VolumeDescription volume)
    {
        // An image of a CD has no references, and the daemon copies it as raw.
        if (format is not (null or "raw") || volume is { Format: null or "raw" or "iso", Backing: null })
            return;
        var looks = volume.Format + (volume.Backing is null ? "" : $" upon {volume.Backing}");
        throw new ProviderException(
            ProviderError.NotCapable,
            $"The {disk} ({volume.Path}) is raw, and what the guest wrote at its start makes it look like {looks}. A copy would hold what that header names, so none is made: have the guest overwrite the disk's first sector, or convert the file by hand with 'qemu-img convert -f raw'."
        );
    }

    /// <summary>The same right before a copy: the header may have been written, or noticed, since it was planned.</summary>
    public static async Task RequirePlainAsync(Storage storage, StepArguments step, Wire.VolumeRef source, CancellationToken cancellationToken)
    {
        if (step.Find("from-format") != "raw")
            return;
        await storage.RefreshAsync(source.Pool, cancellationToken).ConfigureAwait(false);
        RequirePlain($"volume {source.Name}", "raw", await storage.DescribeAsync(source, cancellationToken).ConfigureAwait(false));
    }
}
