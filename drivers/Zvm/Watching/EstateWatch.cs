using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Watching;

/// <summary>
/// Sees what changes, by asking: who runs every poll, in one call a few hundred users; who exists every few polls; and
/// each user whole in turn, a few at a time. A user that seems to be off is shown so only when the hypervisor was asked
/// about it alone; one that the list has no more is gone only when the directory says so.
/// </summary>
internal sealed class EstateWatch(SiteReader reader, ObjectFactory factory, TimeSpan poll, TimeProvider time, Action<string> loggedOff, Microsoft.Extensions.Logging.ILogger logger)
{
    private const int Chunk = 8;
    private const int InDepthAPoll = 4;
    private const int PollsAListing = 5;
    private const int PollsASurroundings = 30;

    private readonly ConcurrentDictionary<string, KnownUser> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _dirty = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Change> _told = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Surroundings _surroundings = new(reader, factory);
    private readonly ConcurrentDictionary<string, byte> _unknownWords = new(StringComparer.Ordinal);
    private volatile bool _refresh;
    private Queue<string> _inDepth = new();

    internal KnownUser? Find(string user) => _known.GetValueOrDefault(user);

    internal Surroundings Surroundings => _surroundings;

    internal void Refresh()
    {
        _refresh = true;
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Something of ours changed it: look at once.</summary>
    internal void Touch(string user)
    {
        _dirty[user] = 0;
        _wake.Writer.TryWrite(true);
    }

    internal void TouchSurroundings()
    {
        _surroundings.Stale = true;
        _wake.Writer.TryWrite(true);
    }

    internal void Tell(Change change)
    {
        _told.Enqueue(change);
        _wake.Writer.TryWrite(true);
    }

    internal async IAsyncEnumerable<Change> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in ListAsync(cancellationToken).ConfigureAwait(false))
            yield return change;
        for (var turn = 1; ; turn++)
        {
            await WaitAsync(cancellationToken).ConfigureAwait(false);
            while (_told.TryDequeue(out var told))
                yield return told;
            var turnOf = _refresh ? ListAsync(cancellationToken) : LookAsync(turn, cancellationToken);
            await foreach (var change in turnOf.ConfigureAwait(false))
                yield return change;
            yield return new Heartbeat();
        }
    }

    private async IAsyncEnumerable<Change> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _refresh = false;
        yield return new SnapshotBegin([ObjectKind.Host, ObjectKind.Cluster, ObjectKind.Network, ObjectKind.Datastore, ObjectKind.Image, ObjectKind.Guest]);
        await foreach (var change in _surroundings.ListAsync(cancellationToken).ConfigureAwait(false))
            yield return change;
        var users = await reader.UsersAsync(cancellationToken).ConfigureAwait(false);
        var presences = await reader.PresencesAsync(users, cancellationToken).ConfigureAwait(false);
        _parts.Clear();
        // Those that somebody works with come first.
        foreach (var chunk in users.OrderBy(user => presences.ManagerOf(user, null) is null).Chunk(Chunk))
        {
            var read = await Task.WhenAll(chunk.Select(user => ListedAsync(user, presences, cancellationToken))).ConfigureAwait(false);
            for (var i = 0; i < chunk.Length; i++)
                if (read[i] is { Confirmed: { } user })
                    yield return Keep(user);
                else if (read[i].IsPart)
                    _parts.Add(chunk[i]);
            yield return new Heartbeat();
        }
        foreach (var gone in _known.Keys.Except(users, StringComparer.Ordinal).ToList())
            _known.TryRemove(gone, out _);
        _inDepth = new Queue<string>(_known.Keys);
        yield return new SnapshotComplete();
    }

    /// <summary>A user of a listing, with the hypervisor's own word where it does not seem to run; null where it went meanwhile.</summary>
    private async Task<(KnownUser? Confirmed, bool IsPart)> ListedAsync(string name, Presences presences, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(name, presences, Find(name), inside: false, cancellationToken).ConfigureAwait(false) is not { } user)
            return (null, true);
        // What can't be logged on is off without a question.
        return (user.Entry.CanLogOn ? await ConfirmedAsync(user, cancellationToken).ConfigureAwait(false) : user, false);
    }

    private async IAsyncEnumerable<Change> LookAsync(int turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (turn % PollsASurroundings == 0 || _surroundings.Stale)
            await foreach (var change in _surroundings.LookAsync(cancellationToken).ConfigureAwait(false))
                yield return change;
        var touched = _dirty.Keys.ToList();
        foreach (var user in touched)
            _dirty.TryRemove(user, out _);
        var presences = await reader.PresencesAsync(_known.Values.Where(user => user.Entry.CanLogOn).Select(user => user.UserId).Union(touched).ToList(), cancellationToken).ConfigureAwait(false);
        await foreach (var change in WhoIsThereAsync(turn, presences, touched, cancellationToken).ConfigureAwait(false))
            yield return change;
        foreach (var user in _known.Values.ToList())
            if (!touched.Contains(user.UserId) && user.ObservedAt < presences.At && await StateAsync(user, presences, cancellationToken).ConfigureAwait(false) is { } change)
                yield return change;
        await foreach (var change in InDepthAsync(presences, cancellationToken).ConfigureAwait(false))
            yield return change;
    }

    /// <summary>What is new, what is gone, and what we changed ourselves, each read whole.</summary>
    private async IAsyncEnumerable<Change> WhoIsThereAsync(int turn, Presences presences, List<string> touched, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var look = new HashSet<string>(touched, StringComparer.Ordinal);
        foreach (var (_, managed) in presences.Managed)
            look.UnionWith(managed?.Where(user => UserId.IsValid(user) && !_known.ContainsKey(user) && !_parts.Contains(user)) ?? []);
        look.UnionWith(_known.Values.Where(user => user.ManagedBy is not null && presences.ManagerOf(user.UserId, user.RunsOn) is null).Select(user => user.UserId));
        if (turn % PollsAListing == 0)
        {
            var users = await reader.UsersAsync(cancellationToken).ConfigureAwait(false);
            look.UnionWith(users.Where(user => !_known.ContainsKey(user) && !_parts.Contains(user)));
            look.UnionWith(_known.Keys.Except(users, StringComparer.Ordinal));
        }
        foreach (var chunk in look.Chunk(Chunk))
        {
            var read = await AnewAsync(chunk, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < chunk.Length; i++)
                if (read[i] is { } user)
                {
                    if (await ConfirmedAsync(user, cancellationToken).ConfigureAwait(false) is { } confirmed)
                        yield return Keep(confirmed);
                }
                else if (_known.TryRemove(chunk[i], out _))
                    yield return new Gone(ObjectKind.Guest, UserId.Native(chunk[i]));
                else
                    _parts.Add(chunk[i]);
            yield return new Heartbeat();
        }
    }

    /// <summary>The entries first and then who runs and is managed: whoever is made meanwhile is seen whole.</summary>
    private async Task<KnownUser?[]> AnewAsync(string[] users, CancellationToken cancellationToken)
    {
        var entries = await Task.WhenAll(users.Select(user => reader.EntryAsync(user, cancellationToken))).ConfigureAwait(false);
        var presences = await reader.PresencesAsync(users, cancellationToken).ConfigureAwait(false);
        return [.. users.Select((user, at) => reader.Known(user, entries[at], presences, Find(user)))];
    }

    private async Task<Change?> StateAsync(KnownUser user, Presences presences, CancellationToken cancellationToken)
    {
        var now = reader.State(user, presences);
        if (now.RunsOn == user.RunsOn && now.Running == user.Running && now.ManagedBy == user.ManagedBy && (now.RunsOn is null || user.Word == now.Word))
            return null;
        return _known.ContainsKey(user.UserId) && await ConfirmedAsync(now, cancellationToken).ConfigureAwait(false) is { } confirmed ? Keep(confirmed) : null;
    }

    /// <summary>That a user is not among those that run is no word about it: the hypervisor gives one.</summary>
    private async Task<KnownUser?> ConfirmedAsync(KnownUser user, CancellationToken cancellationToken)
    {
        if (user.RunsOn is not null)
            return user;
        try
        {
            var (runsOn, word) = await reader.PowerAsync(user.UserId, cancellationToken).ConfigureAwait(false);
            return user with { RunsOn = runsOn, Word = word, Source = ObservationSource.Poll, ObservedAt = reader.Now };
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            // Deleted while we looked: whether it is gone is asked of the directory, next.
            Touch(user.UserId);
            return null;
        }
    }

    private async IAsyncEnumerable<Change> InDepthAsync(Presences presences, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_inDepth.Count == 0)
            _inDepth = new Queue<string>(_known.Keys);
        for (var i = 0; i < InDepthAPoll && _inDepth.TryDequeue(out var name); i++)
        {
            if (Find(name) is not { } before || before.ObservedAt >= presences.At)
                continue;
            if (await reader.ReadAsync(name, presences, before, inside: true, cancellationToken).ConfigureAwait(false) is { } user
                && await ConfirmedAsync(user, cancellationToken).ConfigureAwait(false) is { } confirmed)
                yield return Keep(confirmed);
        }
    }

    private Seen Keep(KnownUser user)
    {
        _known[user.UserId] = user;
        if (user.RunsOn is null)
            loggedOff(user.UserId);
        if (PowerWord.Meaning(user.Word).Power == PowerState.Unknown && _unknownWords.TryAdd(user.Word, 0))
            Log.UnknownWord(logger, user.UserId, user.Word);
        return new Seen(factory.Guest(user), ObjectFactory.Native(user));
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _wake.Reader.WaitToReadAsync(until.Token).AsTask();
        await Task.WhenAny(woken, Task.Delay(poll, time, until.Token)).ConfigureAwait(false);
        await until.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        _wake.Reader.TryRead(out _);
    }
}
