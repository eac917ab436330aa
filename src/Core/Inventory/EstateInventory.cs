using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Inventory.Observing;
using Anyvisor.Core.Inventory.Storage;
using Anyvisor.Core.Store;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Inventory;

/// <summary>
/// All that is known of all providers, live. Each provider has exactly one writer, which applies what its connection
/// observes; readers take what is there and never wait for a writer, nor a writer for them.
/// </summary>
public sealed partial class EstateInventory : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan UpkeepEvery = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, ProviderWriter> _writers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly InventoryOptions _options;
    private readonly Estate _estate;
    private readonly UnmappedWords _words;
    private readonly Causes _causes;
    private readonly GuestIdentities _identities;
    private readonly GuestColumns _columns;
    private readonly ChangeTeller _teller;
    private readonly EstateStore? _store;
    private readonly ILogger _logger;
    private readonly Task _telling;
    private readonly ITimer _upkeep;
    private int _disposed;

    /// <summary>An inventory that lives in memory alone: no history, nothing left after a restart.</summary>
    public EstateInventory(InventoryOptions options, TimeProvider time, ILogger<EstateInventory> logger)
        : this(null, options, time, logger) { }

    private EstateInventory(Database? database, InventoryOptions options, TimeProvider time, ILogger<EstateInventory> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        (_options, _logger) = (options, logger);
        _words = new UnmappedWords(logger);
        _estate = new Estate(options, time, _words) { Tags = new OwnTags(database) };
        _causes = new Causes(time);
        _columns = new GuestColumns(_estate.Guests);
        _identities = new GuestIdentities(_estate, Writer);
        Events = new EventFeed(options, time);
        if (database is not null)
        {
            _store = new EstateStore(database, _estate, logger);
            Events.Replay = new EventReplay(_store, id => Get<Guest>(id) is { } guest ? _identities.Shown(guest) : null);
            Events.Kept = _store.History;
        }
        _teller = new ChangeTeller(_estate, Events, _causes, _identities, _store);
        _telling = Task.Run(TellAsync, CancellationToken.None);
        _upkeep = time.CreateTimer(_ => Upkeep(), null, UpkeepEvery, UpkeepEvery);
    }

    /// <summary>Everything that happens, in order.</summary>
    public EventFeed Events { get; }

    /// <summary>Words of systems that no table maps, with how often each was said.</summary>
    public IReadOnlyDictionary<(string Provider, string Word), long> UnmappedWords => _words.Counts;

    /// <summary>
    /// Opens the inventory on its store. The estate as it was last seen is there at once; its objects are
    /// <see cref="Presence.Unreachable"/> until their providers show them again.
    /// </summary>
    public static async Task<EstateInventory> OpenAsync(
        Database database,
        InventoryOptions options,
        TimeProvider time,
        ILogger<EstateInventory> logger,
        CancellationToken cancellationToken
    )
    {
        var inventory = Create(database, options, time, logger);
        try
        {
            await inventory.LoadAsync(cancellationToken).ConfigureAwait(false);
            return inventory;
        }
        catch
        {
            inventory.Dispose();
            throw;
        }
    }

    /// <summary>An inventory on its store that is still empty: nothing may be applied or asked before <see cref="LoadAsync"/> is done.</summary>
    public static EstateInventory Create(Database database, InventoryOptions options, TimeProvider time, ILogger<EstateInventory> logger)
    {
        ArgumentNullException.ThrowIfNull(database);
        return new EstateInventory(database, options, time, logger);
    }

    /// <summary>Loads the estate as it was last seen.</summary>
    /// <exception cref="StoreException">It can't be read.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_store is null)
            return;
        await _estate.Tags.LoadAsync(cancellationToken).ConfigureAwait(false);
        await _store.LoadAsync(Writer, Events, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes in what a provider's connection observed. Called by that provider's one writer.</summary>
    public ApplyResult Apply(string provider, IReadOnlyList<Change> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var result = Writer(provider).Apply(batch);
        if (_estate.Natives.HasPending)
            _store?.Signal();
        ForgetTags();
        return result;
    }

    /// <summary>The provider does not answer: what it showed is the last that was seen.</summary>
    /// <param name="provider">Its name.</param>
    /// <param name="since">When it was last heard, UTC.</param>
    public void MarkUnreachable(string provider, DateTime since) => Writer(provider).MarkUnreachable(since);

    /// <summary>A new line to the provider is up. Its objects are present again as they are seen.</summary>
    public void MarkReachable(string provider) => Writer(provider).MarkReachable();

    /// <summary>A person says that a suspicious drop is true: what the last listing lacked is missing.</summary>
    /// <returns>How many guests are now missing.</returns>
    public int AcceptDrop(string provider) => Writer(provider).AcceptDrop();

    /// <summary>The drop that waits for a person; null when there is none.</summary>
    public SuspiciousDrop? Suspicion(string provider) => _writers.TryGetValue(provider, out var writer) ? writer.Suspicion : null;

    /// <summary>Drops everything of a provider that was removed.</summary>
    public void Forget(string provider)
    {
        if (_writers.TryRemove(provider, out var writer))
            writer.Forget();
        ForgetTags();
    }

    /// <summary>
    /// Sets the tags of a guest whose system keeps none. They hold from now on whatever its provider shows, until the guest
    /// is gone; it need not have been seen yet.
    /// </summary>
    public async Task SetTagsAsync(string provider, ObjectId guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        await _estate.Tags.SetAsync(guest, tags, cancellationToken).ConfigureAwait(false);
        Writer(provider).SetTags(guest, tags);
    }

    /// <summary>Takes tags of ours back from a guest that came to nothing.</summary>
    internal void ForgetTags(ObjectId guest)
    {
        _estate.Tags.Forget(guest);
        ForgetTags();
    }

    /// <summary>Of which providers' guests the tags are ours to keep.</summary>
    internal Func<string, bool> TagsAreOurs
    {
        set => _estate.Tags.AreOurs = value;
    }

    /// <summary>Drops what the store still had of providers that were removed: the process may have ended before all of it was deleted.</summary>
    public void ForgetAllBut(Func<string, bool> isKnown)
    {
        ArgumentNullException.ThrowIfNull(isKnown);
        foreach (var provider in _writers.Keys)
            if (!isKnown(provider))
                Forget(provider);
    }

    /// <summary>How well the store keeps up; null for an inventory without one.</summary>
    public StoreHealth? StoreHealth => _store?.Health;

    /// <summary>While the result is held, and shortly after, changes of the guest are put down to the task.</summary>
    public IDisposable NoteCause(ObjectId guest, string task) => _causes.Note(guest, task);

    /// <summary>Tells now what changed up to now, and writes it to the store. For shutting down, and for tests.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        // Twice: looking into identities changes guests.
        _teller.TellAll();
        _teller.TellAll();
        await _estate.Tags.TidyAsync(cancellationToken).ConfigureAwait(false);
        if (_store is not null)
            await _store.FlushAsync(Events.LastSequence, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await StopAsync().ConfigureAwait(false);
        if (_teller.TellLast() is var left and > 0)
            LogLeftOut(_logger, left);
        if (_store is not null)
            await _store.DisposeAsync().ConfigureAwait(false);
        Events.Dispose();
        _stop.Dispose();
    }

    /// <summary>Stops without waiting for the store: what was not written yet comes anew from the providers.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _upkeep.Dispose();
        _stop.Cancel();
        Events.Dispose();
    }

    /// <summary>Brings the order of names up to date now.</summary>
    internal void Tidy() => _estate.Guests.Tidy(always: true);

    /// <summary>Batches written to the store since the start.</summary>
    internal long StoreWrites => _store?.Writes ?? 0;

    private ProviderWriter Writer(string provider) => _writers.GetOrAdd(provider, static (name, estate) => new ProviderWriter(name, estate), _estate);

    private async Task StopAsync()
    {
        await _upkeep.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _telling.ConfigureAwait(false);
    }

    /// <summary>Rounds of telling. The pause between them is what makes a flood coalesce.</summary>
    private async Task TellAsync()
    {
        try
        {
            while (true)
            {
                await _estate.Changes.Waiting.WaitAsync(_stop.Token).ConfigureAwait(false);
                _teller.Tell();
                _estate.Guests.Tidy();
                // Its length is a matter of load and not of the time of day: no clock of a test decides it.
                await Task.Delay(_options.Coalescing, TimeProvider.System, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of it: what is left is told by whoever stops us.
        }
        catch (Exception e)
        {
            LogTellingFailed(_logger, e);
            throw;
        }
    }

    private void Upkeep()
    {
        try
        {
            var now = _estate.Now;
            foreach (var writer in _writers.Values)
                writer.RemoveMissing(now - _options.MissingRetention);
            _causes.Sweep();
            _estate.Guests.Tidy();
            ForgetTags();
            if (_store is not null)
                _ = RemoveOldHistoryAsync(now - _options.HistoryRetention);
        }
        catch (Exception e)
        {
            // A timer's exception would end the process.
            LogUpkeepFailed(_logger, e);
        }
    }

    private void ForgetTags()
    {
        if (_store is not null && _estate.Tags.IsUntidy)
            _ = TidyTagsAsync();
    }

    private async Task TidyTagsAsync()
    {
        try
        {
            await _estate.Tags.TidyAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException or ObjectDisposedException)
        {
            LogUpkeepFailed(_logger, e);
        }
    }

    private async Task RemoveOldHistoryAsync(DateTime before)
    {
        try
        {
            await _store!.RemoveHistoryAsync(before, 10_000, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException or ObjectDisposedException)
        {
            LogUpkeepFailed(_logger, e);
        }
    }

    [LoggerMessage(13, LogLevel.Information, "Stopped while {Objects} objects of a listing were still to be written; they come anew from their providers")]
    private static partial void LogLeftOut(ILogger logger, int objects);

    [LoggerMessage(11, LogLevel.Critical, "Changes are no longer told")]
    private static partial void LogTellingFailed(ILogger logger, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "Upkeep of the inventory failed and is tried again in a minute")]
    private static partial void LogUpkeepFailed(ILogger logger, Exception exception);
}
