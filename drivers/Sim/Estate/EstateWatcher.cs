using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Anyvisor.Driver.Watching;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>
/// The queue of changes for one watch. Like the event queues of real systems it has an end: whoever lets it run over
/// has to list again.
/// </summary>
internal sealed class EstateWatcher(Action<EstateWatcher> leave) : IDisposable
{
    private const int Capacity = 200_000;
    private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private int _overflowed;

    public void Add(Change change)
    {
        if (!_changes.Writer.TryWrite(change))
            Volatile.Write(ref _overflowed, 1);
    }

    public bool TryTake([NotNullWhen(true)] out Change? change) => _changes.Reader.TryRead(out change);

    /// <summary>Whether changes were lost since this was asked last.</summary>
    public bool TakeOverflow() => Interlocked.Exchange(ref _overflowed, 0) != 0;

    public void Dispose() => leave(this);
}
