using System.Threading.Channels;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>Where the watchers put what they see. A full channel holds them back; listings do not run into each other.</summary>
internal sealed class ChangeWriter(ChannelWriter<Change> changes) : IDisposable
{
    private readonly SemaphoreSlim _listing = new(1);

    public ValueTask WriteAsync(Change change, CancellationToken cancellationToken) => changes.WriteAsync(change, cancellationToken);

    /// <summary>Writes a full listing of these kinds in one piece.</summary>
    public async Task WriteListingAsync(ObjectKind[] kinds, IEnumerable<Change> seen, CancellationToken cancellationToken)
    {
        await _listing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await changes.WriteAsync(new SnapshotBegin([.. kinds]), cancellationToken).ConfigureAwait(false);
            foreach (var change in seen)
                await changes.WriteAsync(change, cancellationToken).ConfigureAwait(false);
            await changes.WriteAsync(new SnapshotComplete(), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _listing.Release();
        }
    }

    public void Dispose() => _listing.Dispose();
}
