using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Watching;

/// <summary>Everything there is, then what changes: events say what to read again, and a full listing now and then what they lost.</summary>
internal sealed class Watch(HmcClient client, HmcJobs jobs, Readers readers, Estate estate, TimeSpan relist, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    /// <summary>The console holds a wait for events for ten seconds: after more silence than that nothing is well.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(12);

    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ListingReader _listings = new(client, jobs, readers, estate);
    private readonly Dirt _dirt = new();

    public ListingReader Listings => _listings;

    public void Refresh() => Poke(dirt => dirt.Everything());

    /// <summary>Our own work changed something: it is read at once, whether an event comes or not.</summary>
    public void Poke(Action<Dirt> what)
    {
        what(_dirt);
        _ = _bell.Writer.TryWrite(true);
    }

    public async IAsyncEnumerable<Change> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Subscribe first, list then: what changes meanwhile comes after the listing.
        var pump = new EventPump(client, _dirt, _bell.Writer, time);
        await pump.SubscribeAsync(cancellationToken).ConfigureAwait(false);
        var pumping = pump.RunAsync(stop.Token);
        try
        {
            _dirt.Everything();
            var (listed, first) = (time.GetTimestamp(), true);
            while (true)
            {
                if (pumping.IsCompleted)
                    await pumping.ConfigureAwait(false);
                var taken = _dirt.Take();
                if (taken.Everything || time.GetElapsedTime(listed) >= relist)
                {
                    await foreach (var change in ListAsync(first, cancellationToken).ConfigureAwait(false))
                        yield return change;
                    (listed, first) = (time.GetTimestamp(), false);
                }
                else if (!taken.IsEmpty)
                {
                    foreach (var change in await ReadAsync(taken, cancellationToken).ConfigureAwait(false))
                        yield return change;
                }
                if (await RingsAsync(pumping, cancellationToken).ConfigureAwait(false))
                    continue;
                if (time.GetElapsedTime(client.HeardAt) < Silence)
                    yield return new Heartbeat();
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether something is to be done before the next beat.</summary>
    private async Task<bool> RingsAsync(Task pumping, CancellationToken cancellationToken)
    {
        if (_bell.Reader.TryRead(out _))
            return true;
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var bell = _bell.Reader.WaitToReadAsync(beat.Token).AsTask();
        var first = await Task.WhenAny(bell, pumping, Task.Delay(Beat, time, beat.Token)).ConfigureAwait(false);
        await beat.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first == bell)
            _ = _bell.Reader.TryRead(out _);
        return first == bell || first == pumping;
    }

    private async IAsyncEnumerable<Change> ListAsync(bool first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Nothing may be told before the first listing begins, and a large console takes minutes to be read.
        var foreseen = first ? await _listings.ForeseenAsync(cancellationToken).ConfigureAwait(false) : [];
        if (first)
            yield return new SnapshotBegin(foreseen);
        var reading = _listings.ReadAsync(cancellationToken);
        while (await Task.WhenAny(reading, Task.Delay(Beat, time, cancellationToken)).ConfigureAwait(false) != reading)
            if (time.GetElapsedTime(client.HeardAt) < Silence)
                yield return new Heartbeat();
        var listing = await reading.ConfigureAwait(false);
        // One that promised more than could be read has no end: it begins anew.
        if (!first || foreseen.Except(listing.Kinds).Any())
            yield return new SnapshotBegin(listing.Kinds);
        foreach (var place in listing.Places)
            yield return place;
        await foreach (var guest in CompleteAsync(listing, cancellationToken).ConfigureAwait(false))
            yield return guest;
        yield return new SnapshotComplete();
    }

    /// <summary>Adds to each partition its adapters, where they are not known: a call each, a few at a time, in whatever order they come.</summary>
    private async IAsyncEnumerable<Change> CompleteAsync(Listing listing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (known, asked) = (listing.Partitions.Where(IsKnown), listing.Partitions.Where(draft => !IsKnown(draft)));
        foreach (var draft in known)
            yield return new Seen(estate.Complete(draft), draft.Native);
        var done = Channel.CreateBounded<PartitionDraft>(64);
        var working = WorkAsync();
        await foreach (var draft in done.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return new Seen(estate.Complete(draft), draft.Native);
        await working.ConfigureAwait(false);

        bool IsKnown(PartitionDraft draft) => draft.Guest.Source == ObservationSource.Inferred || listing.Connected.Contains(draft.Facts.Uuid);

        async Task WorkAsync()
        {
            try
            {
                await Parallel.ForEachAsync(asked, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (draft, token) =>
                {
                    await NoteNicsAsync(draft.Facts, token).ConfigureAwait(false);
                    await done.Writer.WriteAsync(draft, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
            finally
            {
                done.Writer.Complete();
            }
        }
    }

    private async Task NoteNicsAsync(PartitionFacts facts, CancellationToken cancellationToken)
    {
        try
        {
            estate.NoteNics(facts.Uuid, await _listings.NicsAsync(facts, cancellationToken).ConfigureAwait(false));
        }
        catch (ProviderException e) when (e.Error is not (ProviderError.Unreachable or ProviderError.TimedOut or ProviderError.AuthenticationFailed or ProviderError.ProtocolViolation))
        {
            // The partition went meanwhile, or its adapters can't be told now: what was known of them stays.
        }
    }

    private async Task<List<Change>> ReadAsync(Dirt.Taken taken, CancellationToken cancellationToken)
    {
        var changes = new ConcurrentQueue<Change>();
        foreach (var system in taken.Systems)
            await SystemAsync(system, changes, cancellationToken).ConfigureAwait(false);
        foreach (var system in taken.Networks)
            if (estate.System(system) is { } known)
                foreach (var network in await _listings.NetworksAsync(known, new(), cancellationToken).ConfigureAwait(false))
                    changes.Enqueue(new Seen(network.Network));
        foreach (var vios in taken.Vioses)
            taken.Partitions.UnionWith(await ServedAsync(vios, changes, cancellationToken).ConfigureAwait(false));
        if (taken.Groups)
            taken.Partitions.UnionWith(await TagsAsync(cancellationToken).ConfigureAwait(false));
        await Parallel.ForEachAsync(taken.Partitions, new ParallelOptions { MaxDegreeOfParallelism = 3, CancellationToken = cancellationToken }, async (uuid, token) =>
            changes.Enqueue(await PartitionAsync(uuid, "LogicalPartition", taken.Nics.Contains(uuid), token).ConfigureAwait(false))).ConfigureAwait(false);
        if (taken.Templates)
            await TemplatesAsync(changes, cancellationToken).ConfigureAwait(false);
        if (taken.Storage)
            await StorageAsync(changes, cancellationToken).ConfigureAwait(false);
        return [.. changes];
    }

    /// <summary>A partition as it is now, or that it is gone: an event's word for it alone is not enough, for one that migrates leaves its system and stays.</summary>
    private async Task<Change> PartitionAsync(Guid uuid, string type, bool nics, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync($"uom/{type}/{PartitionFacts.Address(uuid)}?group=None", "reading a partition", cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            estate.Forget(uuid);
            return new Gone(ObjectKind.Guest, new NativeId(uuid));
        }
        var draft = readers.Partitions.Read(found, null, estate.SystemName, ObservationSource.Event);
        estate.Note(draft);
        if (nics || !estate.HasNics(uuid))
            await NoteNicsAsync(draft.Facts, cancellationToken).ConfigureAwait(false);
        if (estate.System(draft.Facts.System) is null)
            _dirt.Everything(); // On a system that we have not seen yet.
        return new Seen(estate.Complete(draft), draft.Native);
    }

    private async Task<ImmutableArray<Guid>> ServedAsync(Guid uuid, ConcurrentQueue<Change> changes, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync($"uom/VirtualIOServer/{PartitionFacts.Address(uuid)}?ignoreError=true", "reading a VIOS", cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            estate.Forget(uuid);
            changes.Enqueue(new Gone(ObjectKind.Guest, new NativeId(uuid)));
            return [];
        }
        var draft = readers.Partitions.Read(found, null, estate.SystemName, ObservationSource.Event);
        estate.Note(draft);
        changes.Enqueue(new Seen(estate.Complete(draft), draft.Native));
        var changed = estate.NoteServed(uuid, StorageReader.ReadMappings(found.Content));
        return [.. changed.Where(guest => estate.Partition(new NativeId(guest)) is not null)];
    }

    private async Task SystemAsync(Guid uuid, ConcurrentQueue<Change> changes, CancellationToken cancellationToken)
    {
        ImmutableArray<SystemDraft> quick;
        try
        {
            quick = await client.JsonAsync($"uom/ManagedSystem/{uuid:D}/quick", "reading a system", readers.Systems.ReadQuick, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            _dirt.Everything();
            return;
        }
        foreach (var one in quick)
        {
            var system = one;
            if (estate.System(uuid) is { } before && Mapping.Lists(before.State) != Mapping.Lists(system.State) || estate.System(uuid) is null)
                _dirt.Everything();
            if (Mapping.Lists(system.State) && await client.FindAsync($"uom/ManagedSystem/{uuid:D}?group=SystemNetwork", "reading a system", cancellationToken).ConfigureAwait(false) is { } details)
                system = SystemReader.WithDetails(system, details.Content);
            estate.Note(system);
            changes.Enqueue(new Seen(system.Host, system.Native));
        }
    }

    /// <summary>The partitions whose tags changed.</summary>
    private async Task<ImmutableArray<Guid>> TagsAsync(CancellationToken cancellationToken)
    {
        var (before, now) = (estate.Tags, GroupReader.Read(await client.ListAsync("uom/Group", "listing the groups", cancellationToken).ConfigureAwait(false)));
        estate.Tags = now;
        return [.. before.Keys.Union(now.Keys).Where(id => estate.Partition(new NativeId(id)) is { Facts.Kind: not PartitionKind.Vios })];
    }

    private async Task TemplatesAsync(ConcurrentQueue<Change> changes, CancellationToken cancellationToken)
    {
        var found = await client.ListAsync("templates/PartitionTemplate?detail=full&draft=false", "listing the partition templates", cancellationToken).ConfigureAwait(false);
        var now = found.Select(readers.Images.Read).OfType<TemplateDraft>().DistinctBy(template => template.Uuid).ToImmutableDictionary(template => template.Uuid);
        foreach (var gone in estate.Templates.Values.Where(template => !now.ContainsKey(template.Uuid)))
            changes.Enqueue(new Gone(ObjectKind.Image, gone.Image.NativeId));
        foreach (var template in now.Values)
            changes.Enqueue(new Seen(template.Image, template.Native));
        estate.Templates = now;
    }

    private async Task StorageAsync(ConcurrentQueue<Change> changes, CancellationToken cancellationToken)
    {
        var partly = new ConcurrentDictionary<ObjectKind, bool>();
        var now = new List<PoolDraft>();
        now.AddRange((await client.ListAsync("uom/SharedStoragePool?ignoreError=true", "listing the shared storage pools", cancellationToken).ConfigureAwait(false)).Select(readers.Storage.ReadPool));
        foreach (var vios in estate.Pools.Where(pool => pool.Vios is not null).DistinctBy(pool => pool.Vios))
            if (estate.Partition(new NativeId(vios.Vios!.Value)) is { } draft)
                now.AddRange(await _listings.VolumeGroupsAsync(draft.Facts.Uuid, draft.Guest.Name, draft.Guest.Host, partly, cancellationToken).ConfigureAwait(false));
        if (partly.IsEmpty)
        {
            var there = now.SelectMany(pool => pool.Volumes).Select(volume => volume.NativeId).ToHashSet();
            foreach (var gone in estate.Pools.SelectMany(pool => pool.Volumes).Where(volume => !there.Contains(volume.NativeId)))
                changes.Enqueue(new Gone(ObjectKind.Volume, gone.NativeId));
            estate.Pools = [.. now];
        }
        foreach (var pool in now)
        {
            changes.Enqueue(new Seen(pool.Datastore));
            foreach (var volume in pool.Volumes)
                changes.Enqueue(new Seen(volume));
        }
    }
}
