using System.Diagnostics.CodeAnalysis;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Sim.Options;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>
/// The simulated system: what a hypervisor's management would know. Every guest is a function of the seed and of its
/// <see cref="GuestState"/>; whole records are kept only of guests that somebody made or worked on. Safe for many threads.
/// </summary>
internal sealed partial class SimEstate
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly GuestFactory _factory;
    private readonly GuestState[] _states;
    private readonly long[] _usedMiB;
    private readonly Dictionary<string, int> _hostNumbers;

    /// <summary>Guests that somebody made or worked on, as they are: the same instances that watchers were shown.</summary>
    private readonly Dictionary<NativeId, Guest> _kept = [];
    private readonly List<EstateWatcher> _watchers = [];
    private readonly PriorityQueue<Action<DateTime>, DateTimeOffset> _due = new();

    public SimEstate(string provider, SimOptions options, TimeProvider time)
    {
        _time = time;
        Layout = new Layout(provider, options);
        Fixtures = new Fixtures(Layout);
        _factory = new GuestFactory(Layout);
        _churn = new Draw(Draw.Mix(options.Seed ^ (ulong)Purpose.Churn));
        _advancedAt = time.GetUtcNow();
        _hostNumbers = Layout.HostNames.Select((name, number) => (name, number)).ToDictionary(host => host.name, host => host.number, StringComparer.Ordinal);
        _usedMiB = new long[options.Hosts];
        _states = new GuestState[options.Guests];
        for (var index = 0; index < _states.Length; index++)
        {
            _states[index] = _factory.Initial(index, generation: 0);
            Charge(_states[index], +1);
        }
    }

    public Layout Layout { get; }
    public Fixtures Fixtures { get; }
    public DateTime Now => _time.GetUtcNow().UtcDateTime;

    public EstateWatcher Watch()
    {
        var watcher = new EstateWatcher(Leave);
        lock (_gate)
            _watchers.Add(watcher);
        return watcher;
    }

    public Guest? Find(NativeId id)
    {
        lock (_gate)
            return TryFind(id, out var guest, out _) ? guest : null;
    }

    public bool TryHost(string? name, out int number)
    {
        number = -1;
        return name is not null && _hostNumbers.TryGetValue(name, out number);
    }

    /// <summary>Bytes of a host's memory that its running guests have.</summary>
    public long UsedMemory(int host)
    {
        lock (_gate)
            return _usedMiB[host] << 20;
    }

    /// <summary>
    /// Changes a guest from what it is now to what <paramref name="change"/> makes of it, and tells the watchers.
    /// From then on its record is kept, and churn leaves it alone.
    /// </summary>
    /// <returns>The guest after the change; null when there is none of that identity.</returns>
    public Guest? Change(NativeId id, Func<Guest, Guest> change)
    {
        lock (_gate)
        {
            if (!TryFind(id, out var guest, out var index))
                return null;
            var changed = change(guest) with { Source = ObservationSource.Event, ObservedAt = Now };
            Keep(changed, guest, index);
            Tell(new Seen(changed));
            return changed;
        }
    }

    /// <summary>Does something to a guest later, unless it is gone by then.</summary>
    public void ChangeLater(NativeId id, TimeSpan delay, Func<Guest, Guest> change)
    {
        lock (_gate)
            _due.Enqueue(_ => Change(id, change), _time.GetUtcNow() + delay);
    }

    public bool Remove(NativeId id)
    {
        lock (_gate)
        {
            if (!TryFind(id, out var guest, out var index))
                return false;
            Charge(guest, -1);
            _kept.Remove(id);
            _guestMakers.Remove(id);
            RemoveAllPoints(id);
            if (index >= 0)
                Free(index);
            Tell(new Gone(ObjectKind.Guest, id));
            return true;
        }
    }

    private void Keep(Guest changed, Guest before, int index)
    {
        Charge(before, -1);
        Charge(changed, +1);
        if (index >= 0)
            _states[index].Flags |= GuestFlags.Adopted;
        _kept[changed.NativeId] = changed;
    }

    private bool TryFind(NativeId id, [NotNullWhen(true)] out Guest? guest, out int index)
    {
        index = -1;
        if (Guid.TryParse(id.ToString(), out var uuid))
        {
            var number = Identity.IndexIn(Layout.Seed, uuid);
            if ((uint)number < (uint)_states.Length && _factory.NativeId(number, _states[number]) == id && !_states[number].Flags.HasFlag(GuestFlags.Removed))
                index = number;
        }
        if (_kept.TryGetValue(id, out guest))
            return true;
        guest = index < 0 ? null : _factory.Make(index, _states[index], ObservationSource.Poll, Now);
        return guest is not null;
    }

    private void Charge(in GuestState state, int sign)
    {
        if (state.Power is PowerState.On or PowerState.Paused)
            _usedMiB[state.Host] += sign * (long)state.MemoryMiB;
    }

    private void Charge(Guest guest, int sign)
    {
        if (guest.Power is PowerState.On or PowerState.Paused && TryHost(guest.Host, out var host))
            _usedMiB[host] += sign * (guest.Memory >> 20);
    }

    private void Tell(Change change)
    {
        foreach (var watcher in _watchers)
            watcher.Add(change);
    }

    private void Leave(EstateWatcher watcher)
    {
        lock (_gate)
            _watchers.Remove(watcher);
    }
}
