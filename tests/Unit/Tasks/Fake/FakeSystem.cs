using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Tasks.Fake;

/// <summary>
/// A hypervisor with a memory of its own, which outlives every process that asks it: guests, disks with the mark of the
/// task that made them, snapshots. It counts what it did, so that a test sees what was done twice, and can lose the
/// answer to a call, carried out or not.
/// </summary>
internal sealed class FakeSystem(int seed)
{
    public const string Provider = "fake";
    public const string FirstHost = "host";
    public const string SecondHost = "host2";
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<NativeId, Guest> _guests = [];
    private readonly Dictionary<string, string> _disks = new(StringComparer.Ordinal);
    private readonly Dictionary<NativeId, ImmutableList<Snapshot>> _snapshots = [];
    private readonly ConcurrentDictionary<Channel<Change>, bool> _watchers = new();
    private readonly Dictionary<NativeId, (Image Image, string Maker)> _images = [];
    private readonly List<string> _effects = [];

    /// <summary>Whether its driver says that it keeps tags.</summary>
    public bool KeepsTags { get; init; } = true;

    /// <summary>The share of calls whose answer is lost.</summary>
    public double Loss { get; set; }

    /// <summary>Called inside each effect of more than one part, between its parts.</summary>
    public Func<string, Task> Between { get; set; } = _ => Task.CompletedTask;

    /// <summary>While set, no call gets through.</summary>
    public bool Down { get; set; }

    /// <summary>What was done, in order: <c>start web</c>.</summary>
    public ImmutableArray<string> Effects
    {
        get
        {
            lock (_gate)
                return [.. _effects];
        }
    }

    public ImmutableArray<Guest> Guests
    {
        get
        {
            lock (_gate)
                return [.. _guests.Values];
        }
    }

    /// <summary>Disks by name, with the name of the guest that has them, or the mark of the task that made them.</summary>
    public ImmutableDictionary<string, string> Disks
    {
        get
        {
            lock (_gate)
                return _disks.ToImmutableDictionary(StringComparer.Ordinal);
        }
    }

    public ImmutableList<Snapshot> SnapshotsOf(NativeId guest)
    {
        lock (_gate)
            return _snapshots.GetValueOrDefault(guest, []);
    }

    public Guest AddGuest(string name, PowerState power)
    {
        var native = new NativeId(new Guid(RandomBytes()));
        lock (_gate)
            _disks[name + ".disk"] = name;
        return Put(
            new Guest
            {
                Id = ObjectId.Derive(ObjectKind.Guest, Provider, native),
                NativeId = native,
                Name = name,
                Provider = Provider,
                Host = "host",
                Power = power,
                Vcpus = 1,
                Memory = 1 << 30,
                Raw = power.ToString(),
                ObservedAt = DateTime.UnixEpoch,
            }
        );
    }

    public Guest? Find(NativeId native)
    {
        lock (_gate)
            return _guests.GetValueOrDefault(native);
    }

    public Guest? Find(string name)
    {
        lock (_gate)
            return _guests.Values.FirstOrDefault(guest => guest.Name == name);
    }

    public Guest Put(Guest guest)
    {
        lock (_gate)
            _guests[guest.NativeId] = guest;
        Tell(new Seen(guest));
        return guest;
    }

    public void Remove(NativeId native)
    {
        lock (_gate)
        {
            _guests.Remove(native);
            _snapshots.Remove(native);
        }
        Tell(new Gone(ObjectKind.Guest, native));
    }

    public void PutDisk(string name, string owner)
    {
        lock (_gate)
            _disks[name] = owner;
    }

    public string? OwnerOf(string disk)
    {
        lock (_gate)
            return _disks.GetValueOrDefault(disk);
    }

    public void RemoveDisk(string name)
    {
        lock (_gate)
            _disks.Remove(name);
    }

    public void AddSnapshot(Guest guest, string name)
    {
        var native = new NativeId($"{guest.NativeId}/{name}");
        var snapshot = new Snapshot
        {
            Id = ObjectId.Derive(ObjectKind.Snapshot, Provider, native),
            NativeId = native,
            Name = name,
            Provider = Provider,
            Guest = guest.Id,
            Power = guest.Power,
            ObservedAt = DateTime.UnixEpoch,
        };
        lock (_gate)
            _snapshots[guest.NativeId] = _snapshots.GetValueOrDefault(guest.NativeId, []).RemoveAll(s => s.Name == name).Add(snapshot);
        Tell(new Seen(snapshot));
    }

    public void RemoveSnapshot(Guest guest, string name)
    {
        lock (_gate)
            _snapshots[guest.NativeId] = _snapshots.GetValueOrDefault(guest.NativeId, []).RemoveAll(s => s.Name == name);
        Tell(new Gone(ObjectKind.Snapshot, new NativeId($"{guest.NativeId}/{name}")));
    }

    public ImmutableArray<Image> Images
    {
        get
        {
            lock (_gate)
                return [.. _images.Values.Select(made => made.Image)];
        }
    }

    public string? MakerOf(NativeId image)
    {
        lock (_gate)
            return _images.TryGetValue(image, out var made) ? made.Maker : null;
    }

    public void PutImage(string name, NativeId native, string maker)
    {
        var image = new Image
        {
            Id = ObjectId.Derive(ObjectKind.Image, Provider, native),
            NativeId = native,
            Name = name,
            Provider = Provider,
            ObservedAt = DateTime.UnixEpoch,
        };
        lock (_gate)
            _images[native] = (image, maker);
        Tell(new Seen(image));
    }

    public void RemoveImage(NativeId native)
    {
        lock (_gate)
            _images.Remove(native);
        Tell(new Gone(ObjectKind.Image, native));
    }

    public void Did(string effect)
    {
        lock (_gate)
            _effects.Add(effect);
    }

    /// <summary>Carries a call out, and may lose the call or its answer.</summary>
    public async Task<T> CallAsync<T>(string call, bool changes, Func<Task<T>> work)
    {
        RequireUp(call);
        var fate = changes ? Draw() : 1;
        if (fate < Loss / 2)
            throw Lost(call);
        var result = await work();
        if (fate < Loss)
            throw Lost(call);
        return result;
    }

    public Task CallAsync(string call, Action work) =>
        CallAsync(
            call,
            true,
            () =>
            {
                work();
                return Task.FromResult(true);
            }
        );

    public Channel<Change> Watch()
    {
        var channel = Channel.CreateUnbounded<Change>();
        lock (_gate)
        {
            List(channel);
            _watchers[channel] = true;
        }
        return channel;
    }

    /// <summary>Lists everything again to all who watch.</summary>
    public void ListAgain()
    {
        lock (_gate)
            foreach (var watcher in _watchers.Keys)
                List(watcher);
    }

    private void List(Channel<Change> channel)
    {
        channel.Writer.TryWrite(new SnapshotBegin([ObjectKind.Guest, ObjectKind.Snapshot, ObjectKind.Host, ObjectKind.Image]));
        // One without guests stands for a second provider, and shows nothing by itself.
        foreach (var host in _guests.Count == 0 ? (string[])[] : [FirstHost, SecondHost])
            channel.Writer.TryWrite(new Seen(HostOf(host)));
        foreach (var (image, _) in _images.Values)
            channel.Writer.TryWrite(new Seen(image));
        foreach (var guest in _guests.Values)
            channel.Writer.TryWrite(new Seen(guest));
        foreach (var snapshot in _snapshots.Values.SelectMany(s => s))
            channel.Writer.TryWrite(new Seen(snapshot));
        channel.Writer.TryWrite(new SnapshotComplete());
    }

    private static Host HostOf(string name)
    {
        var native = new NativeId(name);
        return new Host { Id = ObjectId.Derive(ObjectKind.Host, Provider, native), NativeId = native, Name = name, Provider = Provider, ObservedAt = DateTime.UnixEpoch };
    }

    private void RequireUp(string call)
    {
        if (Down)
            throw new ProviderException(ProviderError.Unreachable, $"{call}: no connection.");
    }

    private double Draw()
    {
        lock (_gate)
            return _random.NextDouble();
    }

    private byte[] RandomBytes()
    {
        var bytes = new byte[16];
        lock (_gate)
            _random.NextBytes(bytes);
        return bytes;
    }

    private void Tell(Change change)
    {
        foreach (var watcher in _watchers.Keys)
            watcher.Writer.TryWrite(change);
    }

    /// <summary>A line that broke, a call that hung to its deadline, an answer that was garbage: what came of it is open.</summary>
    private ProviderException Lost(string call) =>
        Draw() switch
        {
            < 0.4 => new(ProviderError.Unreachable, $"{call}: the line broke before the answer came.") { OutcomeUnknown = true },
            < 0.7 => new(ProviderError.TimedOut, $"{call}: no answer within its time.") { OutcomeUnknown = true },
            _ => new(ProviderError.ProtocolViolation, $"{call}: the answer is not what the protocol allows.") { OutcomeUnknown = true },
        };
}
