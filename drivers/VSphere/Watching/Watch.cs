using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Watching;

/// <summary>
/// Everything there is, then what changes, as the property collector tells it. What we changed ourselves is read again
/// at once, whether it tells or not.
/// </summary>
internal sealed class Watch(SoapClient client, string provider, TimeProvider time)
{
    private const int MostFailures = 4;

    /// <summary>More than that gone at once is for the next listing to confirm.</summary>
    private const int MostConfirmed = 64;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private static readonly ImmutableArray<ObjectKind> Kinds = [ObjectKind.Cluster, ObjectKind.Host, ObjectKind.Datastore, ObjectKind.Network, ObjectKind.Guest, ObjectKind.Image, ObjectKind.Snapshot];

    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Dirt _dirt = new();
    private volatile Estate _estate = new();

    /// <summary>The last listing, kept up to date.</summary>
    public Estate Estate => _estate;

    public void Refresh()
    {
        _dirt.Everything();
        _ = _bell.Writer.TryWrite(true);
    }

    /// <summary>Our own work changed it: it is read at once.</summary>
    public void Poke(params ReadOnlySpan<MoRef> objects)
    {
        foreach (var self in objects)
            _dirt.Object(self);
        _ = _bell.Writer.TryWrite(true);
    }

    /// <summary>A task runs on a guest, or none does any more.</summary>
    public void Note(MoRef guest, Transition transition)
    {
        if (_estate.Find<GuestRecord>(guest) is not { } record || record.Transition == transition)
            return;
        record.Transition = transition;
        _dirt.Shown(guest);
        _ = _bell.Writer.TryWrite(true);
    }

    /// <summary>Reads everything once, for who has to know before anybody watches.</summary>
    public async Task LearnAsync(CancellationToken cancellationToken)
    {
        var listing = await Listing.ReadAsync(client, cancellationToken).ConfigureAwait(false);
        await listing.EndAsync(cancellationToken).ConfigureAwait(false);
        if (_estate.Records.Count > 0)
            return;
        foreach (var record in listing.Estate.All<GuestRecord>())
            listing.Estate.NoteShown(record, record.NativeId);
        _estate = listing.Estate;
    }

    public async IAsyncEnumerable<Change> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (first, failures) = (true, 0);
        while (true)
        {
            if (first)
                yield return new SnapshotBegin(Kinds);
            var reading = ListAsync(retry: !first, cancellationToken);
            while (await Task.WhenAny(reading, Task.Delay(Beat, time, cancellationToken)).ConfigureAwait(false) != reading)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (time.GetElapsedTime(client.HeardAt) < Beat * 10)
                    yield return new Heartbeat();
            }
            var listing = await reading.ConfigureAwait(false);
            var teller = TellerOf(listing.Estate);
            if (!first)
                yield return new SnapshotBegin(Kinds);
            var before = _estate;
            _estate = listing.Estate;
            foreach (var change in teller.All())
                yield return change;
            yield return new SnapshotComplete();
            foreach (var change in await LostAsync(before, cancellationToken).ConfigureAwait(false))
                yield return change;
            first = false;
            await foreach (var change in FollowAsync(listing, teller, cancellationToken).ConfigureAwait(false))
            {
                failures = 0;
                yield return change;
            }
            // It ended: the session is over, a refresh was asked for, or the line broke. Whatever it was, all is listed anew.
            if (++failures > MostFailures)
                throw new ProviderException(ProviderError.Unreachable, $"{client.Where} ends every wait for changes at once.");
        }
    }

    /// <summary>
    /// Guests that were shown and are not in the new listing. That a listing lacks them proves little; that the system,
    /// asked for each, knows no such object, does.
    /// </summary>
    private async Task<List<Change>> LostAsync(Estate before, CancellationToken cancellationToken)
    {
        var changes = Replaced(before).ToList();
        foreach (var lost in before.All<GuestRecord>().Where(guest => !guest.Shown.IsNothing && _estate.Shown(guest.Shown.Id) is null).Take(MostConfirmed))
            try
            {
                await client.RetrieveAsync(new FilterSpec([("VirtualMachine", ["name"])], [lost.Self]), new RecordSink(new GuestRecord(lost.Self)), "looking for what the listing lacks", cancellationToken).ConfigureAwait(false);
            }
            catch (ProviderException e) when (e.NativeCode == VimErrors.NoSuchObject)
            {
                changes.AddRange(lost.Shown.Snapshots.Select(snapshot => new Gone(ObjectKind.Snapshot, snapshot)));
                changes.Add(new Gone(lost.Shown.Kind, lost.Shown.Id));
            }
        return changes;
    }

    /// <summary>What a machine that is in both listings was shown with, and is not any more: its own property says so.</summary>
    private IEnumerable<Change> Replaced(Estate before)
    {
        foreach (var old in before.All<GuestRecord>().Where(guest => !guest.Shown.IsNothing))
        {
            if (_estate.Find<GuestRecord>(old.Self) is not { Shown: { IsNothing: false } now })
                continue;
            foreach (var snapshot in old.Shown.Snapshots.Except(now.Snapshots))
                yield return new Gone(ObjectKind.Snapshot, snapshot);
            if (old.Shown.Kind != now.Kind || old.Shown.Id != now.Id)
                yield return new Gone(old.Shown.Kind, old.Shown.Id);
        }
    }

    private async Task<Listing> ListAsync(bool retry, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Listing.ReadAsync(client, cancellationToken).ConfigureAwait(false);
            }
            catch (ProviderException e) when (attempt < MostFailures && (e.OutcomeUnknown || e.NativeCode == VimErrors.NotAuthenticated || (retry && e.Error == ProviderError.Unreachable)))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async IAsyncEnumerable<Change> FollowAsync(Listing listing, Teller teller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = listing.NextAsync(stop.Token);
        try
        {
            while (true)
            {
                if (waiting.IsCompleted)
                {
                    if (await EndOfAsync(waiting, cancellationToken).ConfigureAwait(false) is not { } sink)
                        yield break;
                    waiting = listing.NextAsync(stop.Token);
                    foreach (var change in Tell(listing, teller, sink.Touched, sink.Left))
                        yield return change;
                    yield return new Heartbeat();
                }
                var (everything, objects, changed) = _dirt.Take();
                if (everything)
                    yield break;
                if (objects.Count > 0 || changed.Count > 0)
                {
                    var sink = objects.Count > 0 ? await ReadAsync(listing, objects, cancellationToken).ConfigureAwait(false) : listing.Sink();
                    sink.Touched.UnionWith(changed.Select(self => listing.Estate.Find<EstateRecord>(self)).OfType<EstateRecord>());
                    foreach (var change in Tell(listing, teller, sink.Touched, sink.Left))
                        yield return change;
                }
                await RingsAsync(waiting, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var patience = new CancellationTokenSource(Beat, time);
            await listing.EndAsync(patience.Token).ConfigureAwait(false);
        }
    }

    /// <summary>What the wait brought; null when it can't go on and all has to be listed anew.</summary>
    private static async Task<EstateSink?> EndOfAsync(Task<EstateSink> waiting, CancellationToken cancellationToken)
    {
        try
        {
            return await waiting.ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.OutcomeUnknown || e.Error is ProviderError.Unreachable or ProviderError.TimedOut or ProviderError.ProtocolViolation || e.NativeCode is VimErrors.NotAuthenticated or VimErrors.NoSuchObject or "InvalidCollectorVersion" or "RequestCanceled")
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private List<Change> Tell(Listing listing, Teller teller, HashSet<EstateRecord> touched, List<EstateRecord> left)
    {
        if (touched.Count == 0 && left.Count == 0)
            return [];
        lock (listing.Gate)
        {
            foreach (var record in touched.Where(record => record.Stale))
            {
                record.Stale = false;
                Poke(record.Self);
            }
            return teller.Touched(touched, left);
        }
    }

    /// <summary>Reads objects again; one that is no more leaves.</summary>
    private async Task<EstateSink> ReadAsync(Listing listing, HashSet<MoRef> objects, CancellationToken cancellationToken)
    {
        var sink = listing.Sink();
        var properties = client.Content.CustomFieldsManager is null ? Paths.All(client.Content) : [.. Paths.All(client.Content), ("CustomFieldsManager", ["field"])];
        try
        {
            await client.RetrieveAsync(Spec([.. objects]), sink, "reading what changed", cancellationToken).ConfigureAwait(false);
            return sink;
        }
        catch (ProviderException e) when (e.NativeCode == VimErrors.NoSuchObject)
        {
            foreach (var self in objects)
                await ReadOneAsync(self).ConfigureAwait(false);
            return sink;
        }

        async Task ReadOneAsync(MoRef self)
        {
            try
            {
                await client.RetrieveAsync(Spec([self]), sink, "reading what changed", cancellationToken).ConfigureAwait(false);
            }
            catch (ProviderException e) when (e.NativeCode == VimErrors.NoSuchObject)
            {
                lock (listing.Gate)
                    sink.Leave(self);
            }
        }

        FilterSpec Spec(MoRef[] which) => new([.. properties.Where(set => which.Any(self => Fits(set.Type, self.Type)))], which);
    }

    private static bool Fits(string asked, string type) =>
        asked == type || (asked, type) is ("ComputeResource", "ClusterComputeResource") or ("Network", "DistributedVirtualPortgroup" or "OpaqueNetwork") or ("ResourcePool", "VirtualApp") or ("Folder", "StoragePod") or ("DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch");

    private async Task RingsAsync(Task waiting, CancellationToken cancellationToken)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var bell = _bell.Reader.WaitToReadAsync(beat.Token).AsTask();
        _ = await Task.WhenAny(bell, waiting).ConfigureAwait(false);
        await beat.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        _ = _bell.Reader.TryRead(out _);
    }

    private Teller TellerOf(Estate estate) => new(estate, new GuestShape(provider, estate, time), new PlaceShape(provider, estate, time, client.Content.IsVCenter));
}
