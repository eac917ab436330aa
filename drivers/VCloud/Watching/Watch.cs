using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Watching;

/// <summary>
/// Everything there is, then what changes. Cloud Director tells its tenants nothing by itself: one query for all
/// guests' states every few seconds says whose vApp is to be read again, and a full listing now and then what else changed.
/// </summary>
internal sealed class Watch(VcdClient client, VmListing machines, PlaceReader places, Estate estate, TimeSpan poll, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Relist = TimeSpan.FromMinutes(5);
    private static readonly ImmutableArray<ObjectKind> Kinds = [ObjectKind.Host, ObjectKind.Datastore, ObjectKind.Network, ObjectKind.Image, ObjectKind.Guest, ObjectKind.Snapshot];

    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Lock _lock = new();
    private readonly HashSet<NativeId> _shownSnapshots = [];
    private HashSet<string> _dirty = [];
    private bool _everything;
    private Dictionary<NativeId, string> _records = [];

    public void Refresh()
    {
        lock (_lock)
            _everything = true;
        _ = _bell.Writer.TryWrite(true);
    }

    /// <summary>Our own work changed a vApp: it is read at once.</summary>
    public void Poke(string vapp)
    {
        lock (_lock)
            _ = _dirty.Add(vapp);
        _ = _bell.Writer.TryWrite(true);
    }

    public async IAsyncEnumerable<Change> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (listed, polled, first) = (0L, 0L, true);
        while (true)
        {
            var (everything, dirty) = Take();
            if (first || everything || time.GetElapsedTime(listed) >= Relist)
            {
                yield return new SnapshotBegin(Kinds);
                var reading = ListAsync(cancellationToken);
                while (await Task.WhenAny(reading, Task.Delay(Beat, time, cancellationToken)).ConfigureAwait(false) != reading)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return new Heartbeat();
                }
                foreach (var change in await reading.ConfigureAwait(false))
                    yield return change;
                yield return new SnapshotComplete();
                (listed, polled, first) = (time.GetTimestamp(), time.GetTimestamp(), false);
            }
            else if (dirty.Count > 0)
            {
                foreach (var change in await ReadAsync(dirty, cancellationToken).ConfigureAwait(false))
                    yield return change;
            }
            else if (time.GetElapsedTime(polled) >= poll)
            {
                polled = time.GetTimestamp();
                foreach (var change in await PollAsync(cancellationToken).ConfigureAwait(false))
                    yield return change;
                yield return new Heartbeat();
            }
            if (!await RingsAsync(cancellationToken).ConfigureAwait(false) && time.GetElapsedTime(client.HeardAt) < poll + Beat)
                yield return new Heartbeat();
        }
    }

    private (bool Everything, HashSet<string> Dirty) Take()
    {
        lock (_lock)
        {
            var taken = (_everything, _dirty);
            (_everything, _dirty) = (false, []);
            return taken;
        }
    }

    private async Task<bool> RingsAsync(CancellationToken cancellationToken)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var bell = _bell.Reader.WaitToReadAsync(beat.Token).AsTask();
        var first = await Task.WhenAny(bell, Task.Delay(poll < Beat ? poll : Beat, time, beat.Token)).ConfigureAwait(false);
        await beat.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first == bell)
            _ = _bell.Reader.TryRead(out _);
        return first == bell;
    }

    private async Task<List<Change>> ListAsync(CancellationToken cancellationToken)
    {
        await machines.LearnPlacesAsync(places, cancellationToken).ConfigureAwait(false);
        _records = await RecordsAsync(cancellationToken).ConfigureAwait(false);
        var drafts = await machines.AllAsync(cancellationToken).ConfigureAwait(false);
        var there = drafts.Select(draft => draft.Guest.NativeId).ToHashSet();
        foreach (var gone in estate.Machines.Select(machine => machine.Guest.NativeId).Where(id => !there.Contains(id)).ToList())
            _ = estate.Forget(gone);
        _shownSnapshots.Clear();
        var changes = new List<Change>();
        changes.AddRange(estate.Vdcs.Select(vdc => new Seen(vdc.Host)));
        changes.AddRange(estate.Storage.Select(store => new Seen(store)));
        changes.AddRange(estate.Networks.Select(network => new Seen(network.Network)));
        changes.AddRange(estate.Templates.Select(template => new Seen(template.Image)));
        changes.AddRange(drafts.SelectMany(Tell));
        return changes;
    }

    private async Task<List<Change>> PollAsync(CancellationToken cancellationToken)
    {
        var now = await RecordsAsync(cancellationToken).ConfigureAwait(false);
        var before = _records;
        _records = now;
        var stale = new HashSet<string>();
        var unknown = false;
        foreach (var id in now.Keys.Union(before.Keys).Where(id => now.GetValueOrDefault(id) != before.GetValueOrDefault(id)))
            if (estate.Machine(id) is { } known)
                _ = stale.Add(known.Facts.VAppPath);
            else
                unknown = true;
        foreach (var moving in estate.Machines.Where(machine => machine.Guest.Transition != Transition.None))
            _ = stale.Add(moving.Facts.VAppPath);
        if (unknown)
            stale.UnionWith((await machines.VAppsAsync(cancellationToken).ConfigureAwait(false)).Where(path => estate.Machines.All(machine => machine.Facts.VAppPath != path)));
        return await ReadAsync(stale, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads vApps again; what was in them and is not any more is gone.</summary>
    private async Task<List<Change>> ReadAsync(IReadOnlyCollection<string> vapps, CancellationToken cancellationToken)
    {
        var changes = new List<Change>();
        foreach (var path in vapps)
        {
            var before = estate.Machines.Where(machine => machine.Facts.VAppPath == path).Select(machine => machine.Guest.NativeId).ToList();
            var now = await machines.OfAsync(path, cancellationToken).ConfigureAwait(false);
            foreach (var gone in before.Where(id => now.TrueForAll(draft => draft.Guest.NativeId != id)))
                changes.AddRange(Gone(gone));
            changes.AddRange(now.SelectMany(Tell));
        }
        return changes;
    }

    private List<Change> Tell(VmDraft draft)
    {
        estate.Note(draft);
        var changes = new List<Change> { new Seen(draft.Guest, draft.Native) };
        var id = VmListing.SnapshotId(draft);
        if (machines.Snapshot(draft) is { } snapshot)
        {
            _ = _shownSnapshots.Add(id);
            changes.Add(new Seen(snapshot));
        }
        else if (_shownSnapshots.Remove(id))
        {
            changes.Add(new Gone(ObjectKind.Snapshot, id));
        }
        return changes;
    }

    private IEnumerable<Change> Gone(NativeId id)
    {
        if (estate.Forget(id) is not { } draft)
            yield break;
        if (_shownSnapshots.Remove(VmListing.SnapshotId(draft)))
            yield return new Gone(ObjectKind.Snapshot, VmListing.SnapshotId(draft));
        yield return new Gone(ObjectKind.Guest, id);
    }

    /// <summary>What the query service says of every guest, as one text each: any difference is a change.</summary>
    private async Task<Dictionary<NativeId, string>> RecordsAsync(CancellationToken cancellationToken)
    {
        var records = new Dictionary<NativeId, string>();
        foreach (var record in await client.QueryAsync("vm", "isVAppTemplate==false", cancellationToken).ConfigureAwait(false))
            if (VcdXml.Uuid(record.Attr("href")) is { } uuid)
                records[new NativeId(uuid)] = string.Join('\n', record.Attributes().Select(attribute => attribute.Value));
        return records;
    }
}
