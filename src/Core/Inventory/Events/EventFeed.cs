using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Events;

/// <summary>
/// Everything that happens, in one order. Events are kept once, in a ring that all subscribers read at their own
/// pace, so a subscriber costs its position and nothing more; one that falls out of the ring, or leaves events
/// unread for too long, is cut off and told where to resume.
/// </summary>
/// <remarks>Safe to use from many threads.</remarks>
public sealed class EventFeed : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PublishedEvent?[] _ring;
    private readonly HashSet<EventSubscription> _subscriptions = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly ITimer _sweep;
    private TaskCompletionSource _pulse = NewPulse();
    private long _count;
    private long _sequence;

    public EventFeed(InventoryOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _ring = new PublishedEvent?[options.EventRing];
        _time = time;
        _patience = options.SubscriberPatience;
        _sweep = time.CreateTimer(_ => CutOffStalled(), null, _patience / 4, _patience / 4);
    }

    /// <summary>The sequence of the newest event.</summary>
    public long LastSequence => Volatile.Read(ref _sequence);

    public int Subscribers
    {
        get
        {
            lock (_gate)
                return _subscriptions.Count;
        }
    }

    /// <summary>Gives the event the next sequence number and the time, and tells all subscribers.</summary>
    /// <param name="draft">The event; its sequence and time are set here.</param>
    public Event Publish(Event draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var published = Publish([(draft, null)])[0].Event;
        // Of tasks their beginning and their end: how far they got in between is of no interest afterwards.
        if (published.Kind != EventKind.Task || published.TaskInfo is { Ended: true } or { State: TaskState.Queued })
            Kept?.Invoke([published]);
        return published;
    }

    /// <summary>Publishes events of other areas: a task that moved on, a provider whose connection changed.</summary>
    public Event Publish(
        EventKind kind,
        string subject,
        string? subjectId,
        string? subjectName,
        string? provider = null,
        string? text = null,
        TaskInfo? task = null
    ) =>
        Publish(
            new Event
            {
                Sequence = 0,
                At = default,
                Kind = kind,
                Subject = subject,
                SubjectId = subjectId,
                SubjectName = subjectName,
                Provider = provider,
                Text = text,
                Task = task?.Id,
                TaskInfo = task,
            }
        );

    /// <summary>
    /// Events after <paramref name="afterSequence"/>, or from now on when it is null, for as long as the caller reads.
    /// With a filter only guests' events, of guests that match it before or after the change.
    /// </summary>
    /// <exception cref="SubscriptionException">The reader was too slow, or asks for what is no longer kept.</exception>
    public EventSubscription Subscribe(long? afterSequence, GuestFilter? filter)
    {
        lock (_gate)
        {
            var position = _count;
            if (afterSequence is { } after)
            {
                position = FirstAfter(after);
                if (position == OldestIndex && after < SequenceBefore(OldestIndex))
                    throw new SubscriptionException(SubscriptionEnd.Expired, after, SequenceBefore(OldestIndex) + 1);
            }
            var subscription = new EventSubscription(this, position, afterSequence ?? _sequence, filter);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <summary>
    /// As <see cref="Subscribe"/>, and for a position that memory no longer holds, events of the estate are read from
    /// the history first. Of tasks only their beginning and end are kept there, in words: read the tasks themselves.
    /// </summary>
    /// <exception cref="SubscriptionException">The history does not reach back so far either.</exception>
    public async Task<EventSubscription> OpenAsync(long? afterSequence, GuestFilter? filter, CancellationToken cancellationToken)
    {
        try
        {
            return Subscribe(afterSequence, filter);
        }
        catch (SubscriptionException e) when (e.End == SubscriptionEnd.Expired && Replay is { } replay && afterSequence is { } after)
        {
            var oldest = await replay.OldestAsync(cancellationToken).ConfigureAwait(false);
            if (after + 1 < oldest)
                throw new SubscriptionException(SubscriptionEnd.Expired, after, oldest);
            var subscription = new EventSubscription(this, replay, after, filter);
            lock (_gate)
                _subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <inheritdoc cref="OpenAsync"/>
    public async IAsyncEnumerable<Event> SubscribeAsync(
        long? afterSequence,
        GuestFilter? filter,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var subscription = await OpenAsync(afterSequence, filter, cancellationToken).ConfigureAwait(false);
        while (await subscription.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        while (subscription.TryRead(out var item))
            yield return item.Event;
    }

    /// <summary>Events that are still in memory, newest first; with a filter as <see cref="Subscribe"/> has it.</summary>
    /// <param name="filter">Null for all.</param>
    /// <param name="before">Only older ones than this sequence; null begins with the newest.</param>
    /// <param name="most">At most so many.</param>
    public ImmutableArray<Event> Recent(GuestFilter? filter, long? before, int most)
    {
        var events = ImmutableArray.CreateBuilder<Event>();
        for (var index = Count - 1; events.Count < most && At(index) is { } item; index--)
            if ((before is null || item.Sequence < before) && item.Passes(filter))
                events.Add(item.Event);
        return events.ToImmutable();
    }

    public void Dispose()
    {
        _sweep.Dispose();
        List<EventSubscription> all;
        lock (_gate)
            all = [.. _subscriptions];
        foreach (var subscription in all)
            subscription.Dispose();
        Publish([]);
    }

    /// <summary>Continues after a restart: the next event gets a higher number than <paramref name="sequence"/>.</summary>
    internal void ContinueAfter(long sequence)
    {
        lock (_gate)
            _sequence = Math.Max(_sequence, sequence);
    }

    internal PublishedEvent[] Publish(IReadOnlyList<(Event Draft, Guest? Before)> drafts)
    {
        var at = _time.GetUtcNow().UtcDateTime;
        var published = new PublishedEvent[drafts.Count];
        var timestamp = _time.GetTimestamp();
        TaskCompletionSource pulse;
        lock (_gate)
        {
            for (var i = 0; i < published.Length; i++)
            {
                var item = new PublishedEvent(drafts[i].Draft with { Sequence = ++_sequence, At = at }, drafts[i].Before, timestamp);
                published[i] = item;
                Volatile.Write(ref _ring[_count % _ring.Length], item);
                Volatile.Write(ref _count, _count + 1);
            }
            pulse = _pulse;
            _pulse = NewPulse();
        }
        pulse.SetResult();
        return published;
    }

    internal Task NextPulse
    {
        get
        {
            lock (_gate)
                return _pulse.Task;
        }
    }

    internal long Count => Volatile.Read(ref _count);

    /// <summary>The event at an index, or null when the ring has gone past it.</summary>
    internal PublishedEvent? At(long index)
    {
        lock (_gate)
            return index >= OldestIndex && index < _count ? _ring[index % _ring.Length] : null;
    }

    /// <summary>The oldest event that a reader at this index has not read; null when there is none.</summary>
    internal PublishedEvent? AtOrAfter(long index) => At(Math.Max(index, Volatile.Read(ref _count) - _ring.Length));

    /// <summary>Reads what the ring has lost from the history; null without a store.</summary>
    internal EventReplay? Replay { get; set; }

    /// <summary>Takes the events that are worth keeping, in order; null without a store.</summary>
    internal Action<IReadOnlyList<Event>>? Kept { get; set; }

    /// <summary>The index of the first event behind a position; -1 when events in between have left the ring.</summary>
    internal long IndexAfter(long position)
    {
        lock (_gate)
        {
            var index = FirstAfter(position);
            return index == OldestIndex && index > 0 && position < SequenceBefore(index) ? -1 : index;
        }
    }

    internal long OldestIndexNow
    {
        get
        {
            lock (_gate)
                return OldestIndex;
        }
    }

    internal long OldestSequence
    {
        get
        {
            lock (_gate)
                return SequenceBefore(OldestIndex) + 1;
        }
    }

    internal void Remove(EventSubscription subscription)
    {
        lock (_gate)
            _subscriptions.Remove(subscription);
    }

    private long OldestIndex => Math.Max(0, _count - _ring.Length);

    /// <summary>The sequence that a subscriber at this index has seen last.</summary>
    private long SequenceBefore(long index)
    {
        if (index >= _count)
            return _sequence;
        return _ring[index % _ring.Length]!.Sequence - 1;
    }

    private long FirstAfter(long sequence)
    {
        var (low, high) = (OldestIndex, _count);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (_ring[middle % _ring.Length]!.Sequence <= sequence)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private void CutOffStalled()
    {
        List<EventSubscription> all;
        lock (_gate)
            all = [.. _subscriptions];
        foreach (var subscription in all)
            if (subscription.NextUnread is { } waiting && _time.GetElapsedTime(waiting.Timestamp) > _patience)
                subscription.CutItOff();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
