using System.Diagnostics.CodeAnalysis;
using Anyvisor.Core.Inventory.Filters;

namespace Anyvisor.Core.Inventory.Events;

/// <summary>
/// One reader's place in the <see cref="EventFeed"/>. Read it as a channel: wait, then read until there is nothing
/// left, then write out what was read. One reader at a time.
/// </summary>
public sealed class EventSubscription : IDisposable
{
    private readonly EventFeed _feed;
    private readonly GuestFilter? _filter;
    private readonly CancellationTokenSource _cutOff = new();
    private readonly Queue<PublishedEvent> _backlog = new();
    private EventReplay? _replay;
    private long _index;
    private long _position;
    private int _ended;

    internal EventSubscription(EventFeed feed, long index, long position, GuestFilter? filter)
    {
        _feed = feed;
        _index = index;
        _position = position;
        _filter = filter;
        CutOff = _cutOff.Token;
    }

    /// <summary>One that begins in the history: it joins the ring when it has caught up.</summary>
    internal EventSubscription(EventFeed feed, EventReplay replay, long position, GuestFilter? filter)
        : this(feed, long.MaxValue, position, filter) => _replay = replay;

    /// <summary>The sequence of the last event that was read or passed over: where to resume.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>
    /// Cancelled when this subscriber has left events unread for too long. A writer that hangs on a slow network
    /// links its write to it, so that it ends too.
    /// </summary>
    public CancellationToken CutOff { get; }

    /// <summary>Waits for an event; false when the feed has ended.</summary>
    /// <exception cref="SubscriptionException">This subscriber was cut off.</exception>
    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // The pulse is taken before the count is looked at: an event in between completes that very pulse.
            var pulse = _feed.NextPulse;
            ThrowIfCutOff();
            if (Volatile.Read(ref _ended) != 0)
                return false;
            if (_backlog.Count > 0)
                return true;
            if (_replay is not null)
            {
                await CatchUpAsync(_replay, cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (Volatile.Read(ref _index) < _feed.Count)
                return true;
            await pulse.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next event that passes the filter; false when all have been read.</summary>
    /// <exception cref="SubscriptionException">This subscriber was cut off.</exception>
    public bool TryRead([NotNullWhen(true)] out PublishedEvent? item)
    {
        while (true)
        {
            ThrowIfCutOff();
            if (_backlog.TryDequeue(out item))
            {
                Volatile.Write(ref _position, item.Sequence);
                if (item.Passes(_filter))
                    return true;
                continue;
            }
            if (Volatile.Read(ref _ended) != 0 || _index >= _feed.Count)
                return false;
            item = _feed.At(_index);
            if (item is null)
                throw TooSlow();
            Volatile.Write(ref _index, _index + 1);
            Volatile.Write(ref _position, item.Sequence);
            if (item.Passes(_filter))
                return true;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        _feed.Remove(this);
        _cutOff.Dispose();
    }

    /// <summary>The event that waits for this reader; null when it has read all.</summary>
    internal PublishedEvent? NextUnread => Volatile.Read(ref _ended) == 0 ? _feed.AtOrAfter(Volatile.Read(ref _index)) : null;

    internal void CutItOff()
    {
        try
        {
            _cutOff.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself while we looked.
        }
    }

    private async Task CatchUpAsync(EventReplay replay, CancellationToken cancellationToken)
    {
        if (await ReadBacklogAsync(replay, cancellationToken).ConfigureAwait(false))
            return;
        var index = _feed.IndexAfter(Position);
        if (index < 0)
        {
            // What has left the ring and is not in the history yet is on its way there.
            await replay.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (await ReadBacklogAsync(replay, cancellationToken).ConfigureAwait(false))
                return;
            index = _feed.OldestIndexNow;
        }
        Volatile.Write(ref _index, index);
        _replay = null;
    }

    private async Task<bool> ReadBacklogAsync(EventReplay replay, CancellationToken cancellationToken)
    {
        foreach (var item in await replay.ReadAsync(Position, cancellationToken).ConfigureAwait(false))
            _backlog.Enqueue(item);
        return _backlog.Count > 0;
    }

    private void ThrowIfCutOff()
    {
        if (CutOff.IsCancellationRequested)
            throw TooSlow();
    }

    private SubscriptionException TooSlow() => new(SubscriptionEnd.TooSlow, Position, _feed.OldestSequence);
}
