using System.Runtime.CompilerServices;
using Anyvisor.Drivers.Libvirt.Wire.Rpc;

namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>A volume on its way here. Disposing it before the end ends the transfer.</summary>
internal sealed class VolumeDownload(LibvirtClient line, RpcStream stream) : IAsyncDisposable
{
    /// <summary>
    /// The pieces in order: bytes, or so many zeros as a hole. Each is valid until the next is asked for. The
    /// daemon sends no faster than they are taken.
    /// </summary>
    /// <exception cref="LibvirtException">The transfer broke; what came before is not the whole.</exception>
    public async IAsyncEnumerable<VolumePiece> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(cancellationToken).ConfigureAwait(false) is { } packet)
        {
            using (packet)
                yield return new VolumePiece(packet.Data, packet.Hole);
        }
        await stream.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        stream.Dispose();
        await line.DisposeAsync().ConfigureAwait(false);
    }
}

/// <param name="Data">Empty for a hole.</param>
/// <param name="Hole">The length of a hole in bytes; zero for data.</param>
internal readonly record struct VolumePiece(ReadOnlyMemory<byte> Data, long Hole);
