using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Inventory.Observing;
using Anyvisor.Core.Store;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Inventory.Storage;

/// <summary>
/// Writes behind what changed, in batches, and reads the last known estate at start. A store that can't be written
/// holds nothing up: of each object the newest state waits, and history as far as memory allows.
/// </summary>
internal sealed partial class EstateStore(Database database, Estate estate, ILogger logger) : IAsyncDisposable
{
    /// <summary>Whoever has very much to tell waits while so many rows wait: a second of writing, about.</summary>
    private const int MostWaiting = 50_000;
    private const string SequenceCounter = "event-sequence";
    private const long SequenceBlock = 1_000_000;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BetweenComplaints = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly RowWriter _before = new(null);
    private readonly RowWriter _after = new(null);
    private WriteBatch _pending = new();
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private long _sequenceCeiling;
    private long _lost;
    private long _complainedAt;
    private int _underWay;
    private volatile bool _failing;

    /// <summary>How many batches were written: a test's proof that nothing is written when nothing changed.</summary>
    internal long Writes { get; private set; }

    internal StoreHealth Health
    {
        get
        {
            lock (_gate)
                return new StoreHealth(Waiting, _failing, _lost);
        }
    }

    /// <summary>How many more guests may be told to the store now. One that fails holds nothing up.</summary>
    internal int Room
    {
        get
        {
            lock (_gate)
                return _failing ? MostWaiting : Math.Max(0, MostWaiting - Waiting);
        }
    }

    private int Waiting => _underWay + Math.Max(_pending.Guests.Count, _pending.History.Count) + _pending.Objects.Count + _pending.Natives.Count;

    /// <summary>Reads the estate, marks it as not answering yet, and sets the sequence behind all that were ever given out.</summary>
    internal async Task LoadAsync(Func<string, ProviderWriter> writer, EventFeed feed, CancellationToken cancellationToken)
    {
        var loading = new EstateLoad(estate, writer);
        await Task.WhenAll(
                database.Estate.ReadAsync(loading.ReadGuests, cancellationToken),
                database.Estate.ReadAsync(loading.ReadObjects, cancellationToken)
            )
            .ConfigureAwait(false);
        estate.Guests.Tidy(always: true);
        var sequence = await database
            .Estate.WriteAsync(
                connection =>
                {
                    var last = EstateRows.ReadCounter(connection, SequenceCounter);
                    EstateRows.WriteCounter(connection, SequenceCounter, last + SequenceBlock);
                    return last;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        _sequenceCeiling = sequence + SequenceBlock;
        feed.ContinueAfter(sequence);
        LogLoaded(logger, loading.Guests, loading.Objects, loading.Unreadable);
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Takes a guest's change. Called by the one who tells changes.</summary>
    internal void Guest(Guest? before, Guest? after)
    {
        var id = (after ?? before)!.Id;
        lock (_gate)
        {
            if (after is null)
            {
                _pending.Guests[id] = new StoredGuest(before!.Provider, default, null);
                _pending.Natives.Remove(id);
                _pending.NativesGone.Add(id);
            }
            else
            {
                GuestRow.Write(Lasting(after), _after);
                if (before is not null)
                {
                    GuestRow.Write(Lasting(before), _before);
                    if (_before.Written.SequenceEqual(_after.Written))
                        return;
                }
                _pending.Guests[id] = new StoredGuest(after.Provider, after.ObservedAt, _after.Written.ToArray());
            }
        }
        Signal();
    }

    internal void Object(ObjectKind kind, IInventoryObject? before, IInventoryObject? after)
    {
        if (before is not null && after is not null && before.Presence != after.Presence && after.Presence != Presence.Missing && before.Presence != Presence.Missing)
            return;
        var item = (after ?? before)!;
        lock (_gate)
        {
            _pending.Objects[item.Id] = new StoredObject(kind, item.Provider, after is null ? null : estate.Records.Of(kind)!.Write(after));
            if (after is null)
                _pending.NativesGone.Add(item.Id);
        }
        Signal();
    }

    internal void History(IEnumerable<Event> events)
    {
        lock (_gate)
        {
            // Without the guest, which is in the table of guests and takes ten times as much as the rest.
            _pending.History.AddRange(events.Select(e => e.Guest is null ? e : e with { Guest = null }));
            // Also while a write is under way: one that hangs fails nothing.
            if (_pending.History.Count > estate.Options.MostHistoryWaiting)
                DropHistory();
        }
        Signal();
    }

    /// <summary>Under the lock. A tenth at once: each removal moves all that stay.</summary>
    private void DropHistory()
    {
        var over = _pending.History.Count - estate.Options.MostHistoryWaiting + estate.Options.MostHistoryWaiting / 10;
        _pending.History.RemoveRange(0, over);
        if (_lost == 0 || TimeProvider.System.GetElapsedTime(_complainedAt) >= BetweenComplaints)
        {
            LogHistoryLost(logger, _lost + over);
            _complainedAt = TimeProvider.System.GetTimestamp();
        }
        _lost += over;
    }

    internal void Signal() => Volatile.Read(ref _signal).TrySetResult();

    /// <summary>Writes all that waits, now.</summary>
    internal async Task FlushAsync(long lastSequence, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(lastSequence).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    internal async Task<NativeDocument?> NativeAsync(ObjectId id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_pending.Natives.TryGetValue(id, out var waiting))
                return waiting;
        }
        return await database.Estate.ReadAsync(connection => EstateRows.ReadNative(connection, id), cancellationToken).ConfigureAwait(false);
    }

    internal Task<T> ReadAsync<T>(Func<System.Data.Common.DbConnection, T> read, CancellationToken cancellationToken) =>
        database.Estate.ReadAsync(read, cancellationToken);

    internal Task<int> RemoveHistoryAsync(DateTime before, int most, CancellationToken cancellationToken) =>
        database.Estate.WriteAsync(connection => EstateRows.RemoveHistory(connection, before, most), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Signal();
        await _loop.ConfigureAwait(false);
        await FlushAsync(0, CancellationToken.None).ConfigureAwait(false);
        _stop.Dispose();
        _writing.Dispose();
    }

    /// <summary>What is worth keeping: that a provider did not answer for a while is no property of its guests.</summary>
    private static Guest Lasting(Guest guest) =>
        guest.Presence == Presence.Unreachable ? guest with { Presence = Presence.Present, PresenceSince = null } : guest;

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Volatile.Read(ref _signal).Task.ConfigureAwait(false);
            Volatile.Write(ref _signal, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (_stop.IsCancellationRequested)
                return;
            var wait = Between;
            try
            {
                await FlushAsync(0, _stop.Token).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                LogWriteFailed(logger, e);
                wait = AfterFailure;
                Signal();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                // The pace of writing is this process's own, whatever clock the estate lives by.
                await Task.Delay(wait, TimeProvider.System, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task WriteAsync(long lastSequence)
    {
        WriteBatch batch;
        lock (_gate)
        {
            foreach (var (id, native) in estate.Natives.Take())
            {
                _pending.Natives[id] = native;
                _pending.NativesGone.Remove(id);
            }
            batch = _pending;
            _underWay = Waiting;
            _pending = new WriteBatch();
        }
        var last = batch.History.Count > 0 ? batch.History[^1].Sequence : lastSequence;
        var ceiling = last + SequenceBlock / 2 > _sequenceCeiling ? last + SequenceBlock : 0;
        if (batch.IsEmpty && ceiling == 0)
            return;
        try
        {
            await database
                .Estate.WriteAsync(
                    connection =>
                    {
                        EstateRows.Write(connection, batch);
                        if (ceiling > 0)
                            EstateRows.WriteCounter(connection, SequenceCounter, ceiling);
                    },
                    CancellationToken.None
                )
                .ConfigureAwait(false);
            Writes++;
            _sequenceCeiling = Math.Max(_sequenceCeiling, ceiling);
            lock (_gate)
                (_underWay, _failing) = (0, false);
        }
        catch (StoreException)
        {
            lock (_gate)
            {
                _pending.PutBack(batch);
                (_underWay, _failing) = (0, true);
            }
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Loaded {Guests} guests and {Objects} other objects as they were last seen; {Unreadable} could not be read and come anew from their providers")]
    private static partial void LogLoaded(ILogger logger, int guests, int objects, int unreadable);

    [LoggerMessage(2, LogLevel.Error, "The inventory could not be written to the store and is kept in memory; trying again")]
    private static partial void LogWriteFailed(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The store has taken nothing for so long that {Lost} entries of the history were dropped; guests themselves are written as soon as it works again")]
    private static partial void LogHistoryLost(ILogger logger, long lost);
}
