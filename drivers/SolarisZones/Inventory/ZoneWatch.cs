using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.SolarisZones.Inventory;

/// <summary>A zone as it was last seen.</summary>
internal sealed record KnownZone(ZoneLine Line, ZoneShape Shape, Guest Guest);

/// <summary>
/// Shows what a global zone has: a full listing first, then polls of all states by one command, then what changed. A zone's
/// configuration is read when the zone is new, was changed by us, or at the next full listing. Zones have no events that
/// could be heard from outside.
/// </summary>
internal sealed class ZoneWatch(GlobalZone zone, ObjectFactory factory, ProviderSettings settings, TimeProvider time, ILogger log)
{
    private const int Patience = 5;
    private static readonly TimeSpan AroundInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);
    private static readonly Dictionary<NativeId, KnownZone> Nothing = [];
    private static readonly ImmutableArray<ObjectKind> Kinds = [ObjectKind.Host, ObjectKind.Guest, ObjectKind.Datastore, ObjectKind.Network, ObjectKind.Snapshot, ObjectKind.Image];

    // Written by the watch alone; Judge and the verbs read.
    private readonly ConcurrentDictionary<NativeId, KnownZone> _known = new();
    // Zones that a task is about to make: not guests yet.
    private readonly Dictionary<string, ZoneLine> _unborn = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _touched = new(StringComparer.Ordinal);
    private readonly Dictionary<NativeId, Snapshot> _snapshots = [];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _relist;
    private int _look;

    public KnownZone? Find(NativeId id) => _known.GetValueOrDefault(id);

    public void RequestRelist()
    {
        _ = Interlocked.Exchange(ref _relist, 1);
        Wake();
    }

    /// <summary>A zone was changed by us: have it read, now.</summary>
    public void Touch(string name)
    {
        _touched[name] = 1;
        Wake();
    }

    /// <summary>Snapshots or datasets were changed by us.</summary>
    public void TouchAround()
    {
        _ = Interlocked.Exchange(ref _look, 1);
        Wake();
    }

    public async IAsyncEnumerable<Change> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var full = true;
        var (listed, looked) = (0L, 0L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = time.GetTimestamp();
            var changes = new List<Change>();
            if (full)
            {
                await PatientlyAsync(() => ListAsync(changes, cancellationToken), changes, cancellationToken).ConfigureAwait(false);
                listed = looked = time.GetTimestamp();
            }
            else
            {
                full = await PatientlyAsync(() => PollAsync(changes, cancellationToken), changes, cancellationToken).ConfigureAwait(false);
                if (!full && (Interlocked.Exchange(ref _look, 0) != 0 || time.GetElapsedTime(looked) >= AroundInterval))
                {
                    var more = new List<Change>();
                    await PatientlyAsync(() => LookAroundAsync(more, cancellationToken), more, cancellationToken).ConfigureAwait(false);
                    changes.AddRange(more);
                    looked = time.GetTimestamp();
                }
            }
            foreach (var change in changes)
                yield return change;
            if (changes.Count == 0)
                yield return new Heartbeat();
            if (full && changes.Count == 0)
                continue;
            full = false;
            // As long again as the round took at least: a slow system is not asked without end.
            var pause = settings.Poll > time.GetElapsedTime(started) ? settings.Poll : time.GetElapsedTime(started);
            await PauseAsync(pause < LongestPause ? pause : LongestPause, cancellationToken).ConfigureAwait(false);
            full = Interlocked.Exchange(ref _relist, 0) != 0 || time.GetElapsedTime(listed) >= settings.Relist;
        }
    }

    /// <summary>The zone of an identity as it is this moment.</summary>
    public async Task<KnownZone?> ReadAsync(NativeId id, CancellationToken cancellationToken)
    {
        if (await LocateAsync(id, cancellationToken).ConfigureAwait(false) is not { } line)
            return null;
        var shapes = await zone.DescribeAsync([line], cancellationToken).ConfigureAwait(false);
        return shapes.TryGetValue(line.Name, out var shape) ? new KnownZone(line, shape, factory.Guest(line, shape)) : null;
    }

    /// <summary>The line of an identity as it is this moment: by the name that it last had, else among all.</summary>
    public async Task<ZoneLine?> LocateAsync(NativeId id, CancellationToken cancellationToken)
    {
        if (Find(id) is { } known && await zone.FindAsync(known.Line.Name, cancellationToken).ConfigureAwait(false) is { } line && ObjectFactory.Identity(line) == id)
            return line;
        var all = await zone.ListAsync(cancellationToken).ConfigureAwait(false);
        return all.Find(candidate => !candidate.IsGlobal && ObjectFactory.Identity(candidate) == id);
    }

    private async Task<bool> ListAsync(List<Change> changes, CancellationToken cancellationToken)
    {
        _touched.Clear();
        var lines = await AgreedAsync(Nothing, cancellationToken).ConfigureAwait(false);
        var shapes = await zone.DescribeAsync(lines, cancellationToken).ConfigureAwait(false);
        var around = await zone.SurroundingsAsync(cancellationToken).ConfigureAwait(false);
        _unborn.Clear();
        var now = new Dictionary<NativeId, KnownZone>(lines.Count);
        foreach (var line in lines)
            if (shapes.TryGetValue(line.Name, out var shape) && !Unborn(line, shape))
                now[ObjectFactory.Identity(line)] = new KnownZone(line, shape, factory.Guest(line, shape));
        foreach (var gone in _known.Keys.Where(id => !now.ContainsKey(id)).ToList())
            _known.TryRemove(gone, out _);
        changes.EnsureCapacity(now.Count + 64);
        changes.Add(new SnapshotBegin(Kinds));
        Places(around, changes);
        foreach (var (id, seen) in now)
        {
            Report(seen.Line);
            _known[id] = seen;
            changes.Add(new Seen(seen.Guest, seen.Shape.Native));
        }
        _snapshots.Clear();
        foreach (var snapshot in factory.Snapshots(around, ByPath()))
        {
            _snapshots[snapshot.NativeId] = snapshot;
            changes.Add(new Seen(snapshot));
        }
        changes.Add(new SnapshotComplete());
        return false;
    }

    /// <summary>True where so much is missing that only a full listing should say so.</summary>
    private async Task<bool> PollAsync(List<Change> changes, CancellationToken cancellationToken)
    {
        var touched = _touched.Keys.ToList();
        foreach (var name in touched)
            _touched.TryRemove(name, out _);
        try
        {
            var lines = await AgreedAsync(_known, cancellationToken).ConfigureAwait(false);
            var present = new HashSet<NativeId>(lines.Count);
            var read = new List<ZoneLine>();
            foreach (var line in lines)
            {
                var id = ObjectFactory.Identity(line);
                present.Add(id);
                if (_known.TryGetValue(id, out var known) && known.Line.Name == line.Name && known.Line.Brand == line.Brand && known.Line.Path == line.Path && !touched.Contains(line.Name))
                    Restate(known, line, changes);
                else if (!(_unborn.TryGetValue(line.Name, out var unborn) && unborn.Equals(line)))
                    read.Add(line);
            }
            await ReadAsync(read, changes, cancellationToken).ConfigureAwait(false);
            return await MissingAsync(_known.Where(known => !present.Contains(known.Key)).Select(known => known.Value).ToList(), changes, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var name in touched)
                _touched[name] = 1;
            throw;
        }
    }

    private void Restate(KnownZone known, ZoneLine line, List<Change> changes)
    {
        if (known.Line.Equals(line))
            return;
        Report(line);
        var (before, after) = (known.Guest, factory.Guest(line, known.Shape));
        _known[after.NativeId] = known with { Line = line, Guest = after };
        changes.Add(before.Lifecycle == after.Lifecycle
            ? new GuestStateSeen(after.NativeId, after.Power, after.Transition, after.Raw, ObservationSource.Poll, after.ObservedAt)
            : new Seen(after, known.Shape.Native));
    }

    private async Task ReadAsync(List<ZoneLine> lines, List<Change> changes, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
            return;
        var shapes = await zone.DescribeAsync(lines, cancellationToken).ConfigureAwait(false);
        foreach (var line in lines)
        {
            if (!shapes.TryGetValue(line.Name, out var shape) || Unborn(line, shape))
                continue;
            Report(line);
            var seen = new KnownZone(line, shape, factory.Guest(line, shape));
            var before = _known.GetValueOrDefault(seen.Guest.NativeId);
            _known[seen.Guest.NativeId] = seen;
            changes.Add(new Seen(seen.Guest, before is not null && before.Shape.Native.Span.SequenceEqual(shape.Native.Span) ? default : shape.Native));
        }
    }

    /// <summary>A list's silence is no proof: each that is not in it is asked for by its name, and the system says that there is none.</summary>
    private async Task<bool> MissingAsync(List<KnownZone> missing, List<Change> changes, CancellationToken cancellationToken)
    {
        if (missing.Count > Math.Max(20, _known.Count / 10))
            return true;
        foreach (var known in missing)
        {
            var there = await zone.FindAsync(known.Line.Name, cancellationToken).ConfigureAwait(false);
            if (there is not null && ObjectFactory.Identity(there) == known.Guest.NativeId)
                continue;
            _known.TryRemove(known.Guest.NativeId, out _);
            foreach (var snapshot in _snapshots.Values.Where(s => s.Guest == known.Guest.Id).ToList())
            {
                _snapshots.Remove(snapshot.NativeId);
                changes.Add(new Gone(ObjectKind.Snapshot, snapshot.NativeId));
            }
            changes.Add(new Gone(ObjectKind.Guest, known.Guest.NativeId));
        }
        return false;
    }

    private async Task<bool> LookAroundAsync(List<Change> changes, CancellationToken cancellationToken)
    {
        var around = await zone.SurroundingsAsync(cancellationToken).ConfigureAwait(false);
        Places(around, changes);
        var now = factory.Snapshots(around, ByPath()).ToDictionary(s => s.NativeId);
        foreach (var gone in _snapshots.Keys.Where(id => !now.ContainsKey(id)).ToList())
        {
            _snapshots.Remove(gone);
            changes.Add(new Gone(ObjectKind.Snapshot, gone));
        }
        foreach (var snapshot in now.Values)
        {
            if (_snapshots.TryGetValue(snapshot.NativeId, out var before) && before with { ObservedAt = default } == snapshot with { ObservedAt = default })
                continue;
            _snapshots[snapshot.NativeId] = snapshot;
            changes.Add(new Seen(snapshot));
        }
        return false;
    }

    private void Places(Surroundings around, List<Change> changes)
    {
        changes.Add(new Seen(factory.Host(around)));
        changes.AddRange(around.Pools.Select(pool => new Seen(factory.Datastore(pool))));
        changes.AddRange(around.Links.Select(link => new Seen(factory.Network(link))));
        changes.AddRange(around.Images.Select(image => new Seen(factory.Image(image))));
    }

    private Dictionary<string, Guest> ByPath()
    {
        var paths = new Dictionary<string, Guest>(_known.Count, StringComparer.Ordinal);
        foreach (var known in _known.Values)
            if (known.Line.Path.Length > 1)
                paths[known.Line.Path] = known.Guest;
        return paths;
    }

    /// <summary>
    /// The zones, without the global one. Whatever surprises (a zone that is new, gone or renamed, a word that no table has)
    /// is believed when a second list says the same.
    /// </summary>
    private async Task<List<ZoneLine>> AgreedAsync(IReadOnlyDictionary<NativeId, KnownZone> known, CancellationToken cancellationToken)
    {
        var lines = await GuestLinesAsync(cancellationToken).ConfigureAwait(false);
        var surprises = Surprises(lines, known);
        for (var again = 0; surprises.Count > 0; again++)
        {
            var second = await GuestLinesAsync(cancellationToken).ConfigureAwait(false);
            var others = Surprises(second, known);
            if (others.SetEquals(surprises))
                return second;
            if (again == Patience)
                throw new ProviderException(ProviderError.ProtocolViolation, $"The global zone says another list of zones each time it is asked: '{ZoneNames.Shown(others.Concat(surprises).First())}'.");
            (lines, surprises) = (second, others);
        }
        return lines;
    }

    private HashSet<string> Surprises(List<ZoneLine> lines, IReadOnlyDictionary<NativeId, KnownZone> known)
    {
        var surprises = new HashSet<string>(StringComparer.Ordinal);
        var met = 0;
        foreach (var line in lines)
        {
            var familiar = known.TryGetValue(ObjectFactory.Identity(line), out var before)
                && before.Line.Name == line.Name && before.Line.Brand == line.Brand && before.Line.Path == line.Path;
            var unknown = !ObjectFactory.State(line).Known;
            met += familiar ? 1 : 0;
            if (!familiar && !(_unborn.TryGetValue(line.Name, out var unborn) && unborn.Equals(line)))
                surprises.Add($"{line.Name} {line.Uuid} {line.Brand} {line.Path} {(unknown ? line.State : "")}");
            if (familiar && before!.Line.State != line.State && unknown)
                surprises.Add($"{line.Name} is {line.State}");
        }
        if (met < known.Count)
        {
            var there = lines.Select(ObjectFactory.Identity).ToHashSet();
            surprises.UnionWith(known.Where(k => !there.Contains(k.Key)).Select(k => $"no {k.Value.Line.Name}"));
        }
        return surprises;
    }

    private async Task<List<ZoneLine>> GuestLinesAsync(CancellationToken cancellationToken)
    {
        var lines = await zone.ListAsync(cancellationToken).ConfigureAwait(false);
        lines.RemoveAll(line => line.IsGlobal);
        return lines;
    }

    /// <summary>
    /// A zone gets its UUID when it is installed. One that a task of ours has configured and not installed yet is the
    /// task's, not a guest: it would change its identity.
    /// </summary>
    private bool Unborn(ZoneLine line, ZoneShape shape)
    {
        var unborn = line.Uuid is null && shape.Task is not null;
        if (unborn)
            _unborn[line.Name] = line;
        else
            _unborn.Remove(line.Name);
        return unborn;
    }

    private void Report(ZoneLine line)
    {
        var state = ObjectFactory.State(line);
        if (!state.Known && _reported.Add(state.Raw))
            log.UnknownState(state.Raw, line.Name);
    }

    /// <summary>An answer that is none is asked for again before the watch gives up.</summary>
    private async Task<bool> PatientlyAsync(Func<Task<bool>> round, List<Change> changes, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
            try
            {
                return await round().ConfigureAwait(false);
            }
            catch (ProviderException e) when (e.Error == ProviderError.ProtocolViolation && tried < Patience)
            {
                log.Garbled(e.Message);
                changes.Clear();
                await Task.Delay(Moment, time, cancellationToken).ConfigureAwait(false);
            }
    }

    /// <summary>Until the time is over, or somebody wakes us.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waking = _wake.Reader.WaitToReadAsync(over.Token).AsTask();
        _ = await Task.WhenAny(waking, Task.Delay(pause, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        _ = _wake.Reader.TryRead(out _);
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
