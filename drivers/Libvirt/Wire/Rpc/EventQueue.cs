using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

/// <summary>
/// Events between the reader loop and one consumer. Bounded: when it is full, events are counted instead of
/// kept, and the consumer gets <see cref="EventsLostEvent"/> once it has read what was kept. Whoever reads
/// everything anew after that has missed nothing.
/// </summary>
internal sealed class EventQueue(int capacity)
{
    // Wakes a consumer that waits on an empty queue; what it tells is the count.
    private static readonly EventsLostEvent Woken = new(0);

    private readonly Channel<LibvirtEvent> _events =
        Channel.CreateBounded<LibvirtEvent>(new BoundedChannelOptions(capacity) { SingleWriter = true });

    private long _lost;

    public void Add(LibvirtEvent happened)
    {
        if (!_events.Writer.TryWrite(happened))
            Interlocked.Increment(ref _lost);
    }

    /// <summary>Something happened that can't be told as an event.</summary>
    public void Lose()
    {
        Interlocked.Increment(ref _lost);
        _events.Writer.TryWrite(Woken);
    }

    /// <summary>What was kept can still be read; then reading throws <paramref name="failure"/>.</summary>
    public void Complete(LibvirtException failure) => _events.Writer.TryComplete(failure.Again());

    public async IAsyncEnumerable<LibvirtEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            while (_events.Reader.TryRead(out var next))
            {
                if (!ReferenceEquals(next, Woken))
                    yield return next;
            }
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
                yield return new EventsLostEvent(lost);
        }
        while (await _events.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false));
    }
}
