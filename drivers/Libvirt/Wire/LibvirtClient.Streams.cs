using Anyvisor.Drivers.Libvirt.Wire.Rpc;
using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire;

// Each stream runs on a connection of its own, closed with it: so a slow reader holds up the daemon's side of
// that stream alone, never the answers and events of others, and nothing has to be kept in memory for it.
internal sealed partial class LibvirtClient
{
    private const uint Sparse = 1;

    /// <summary>
    /// A guest's console as a stream of bytes in both directions. Dispose it to leave the console.
    /// </summary>
    /// <param name="device">The device's alias; null for the first console.</param>
    /// <param name="force">Takes the console away from whoever has it.</param>
    public async Task<Stream> OpenConsoleAsync(DomainRef domain, string? device, bool force, CancellationToken cancellationToken)
    {
        var (line, stream, _) = await OpenStreamAsync(
            Procedures.DomainOpenConsole, DomainOpenConsoleArguments(domain, device, force ? 1u : 0u),
            static (ref XdrReader _) => true, cancellationToken).ConfigureAwait(false);
        return new ByteStream(line, stream);
    }

    /// <summary>A guest's virtio or channel port as a stream of bytes in both directions.</summary>
    public async Task<Stream> OpenChannelAsync(DomainRef domain, string? name, bool force, CancellationToken cancellationToken)
    {
        var (line, stream, _) = await OpenStreamAsync(
            Procedures.DomainOpenChannel, DomainOpenChannelArguments(domain, name, force ? 1u : 0u),
            static (ref XdrReader _) => true, cancellationToken).ConfigureAwait(false);
        return new ByteStream(line, stream);
    }

    /// <summary>A picture of a guest's screen: its MIME type (image/x-portable-pixmap, image/png) and its bytes.</summary>
    public async Task<(string? MimeType, Stream Picture)> ScreenshotAsync(DomainRef domain, uint screen, CancellationToken cancellationToken)
    {
        var (line, stream, mime) = await OpenStreamAsync(
            Procedures.DomainScreenshot, DomainScreenshotArguments(domain, screen, 0),
            static (ref XdrReader reader) => reader.OptionalString(), cancellationToken).ConfigureAwait(false);
        return (mime, new ByteStream(line, stream));
    }

    /// <summary>
    /// A volume's bytes, and its holes as holes. Ends well only when the daemon has confirmed that this was all.
    /// </summary>
    /// <param name="length">Zero for everything behind the offset.</param>
    public async Task<VolumeDownload> DownloadAsync(VolumeRef volume, ulong offset, ulong length, CancellationToken cancellationToken)
    {
        var (line, stream, _) = await OpenStreamAsync(
            Procedures.StorageVolDownload, StorageVolDownloadArguments(volume, offset, length, Sparse),
            static (ref XdrReader _) => true, cancellationToken).ConfigureAwait(false);
        return new VolumeDownload(line, stream);
    }

    /// <summary>
    /// Writes into a volume, with holes. What was sent counts only after <see cref="VolumeUpload.FinishAsync"/>.
    /// </summary>
    /// <param name="length">Zero for as much as fits behind the offset.</param>
    public async Task<VolumeUpload> UploadAsync(VolumeRef volume, ulong offset, ulong length, CancellationToken cancellationToken)
    {
        var (line, stream, _) = await OpenStreamAsync(
            Procedures.StorageVolUpload, StorageVolUploadArguments(volume, offset, length, Sparse),
            static (ref XdrReader _) => true, cancellationToken).ConfigureAwait(false);
        return new VolumeUpload(line, stream);
    }

    private async Task<(LibvirtClient Line, RpcStream Stream, T Result)> OpenStreamAsync<T>(
        Procedure procedure, XdrWriter request, XdrDecoder<T> decode, CancellationToken cancellationToken)
    {
        var line = await ConnectAsync(_uri, _credentials, _options, _time, cancellationToken).ConfigureAwait(false);
        try
        {
            var (stream, result) = await line._rpc.OpenStreamAsync(procedure, request, decode, cancellationToken).ConfigureAwait(false);
            return (line, stream, result);
        }
        catch
        {
            await line.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
