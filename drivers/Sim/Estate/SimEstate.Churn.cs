using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>What happens by itself: the nth change is the same for the same seed, whenever it comes.</summary>
internal sealed partial class SimEstate
{
    private const int Tries = 8;
    private const ushort MostVcpus = 64;

    private readonly Queue<int> _free = [];
    private Draw _churn;
    private DateTimeOffset _advancedAt;
    private double _owed;

    /// <summary>Lets the time since the last call pass. A pause of over a second is not made up for: nobody was watching.</summary>
    public void Advance()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            while (_due.TryPeek(out _, out var at) && at <= now)
                _due.Dequeue()(now.UtcDateTime);
            var passed = Math.Clamp((now - _advancedAt).TotalSeconds, 0, 1);
            _advancedAt = now;
            for (_owed += passed * Layout.Options.Churn; _owed >= 1; _owed--)
                ChurnOnce(now.UtcDateTime);
        }
    }

    private void ChurnOnce(DateTime now)
    {
        var kind = _churn.Below(1000);
        if (kind < 20 && AddOne(now))
            return;
        if (!TryPick(out var index))
            return;
        switch (kind)
        {
            case < 40:
                RemoveOne(index);
                break;
            case < 190:
                MoveOne(index, now);
                break;
            case < 290:
                ResizeOne(index, now);
                break;
            default:
                PowerOne(index, now);
                break;
        }
    }

    private bool TryPick(out int index)
    {
        index = 0;
        if (_states.Length == 0)
            return false;
        for (var tries = 0; tries < Tries; tries++)
        {
            index = _churn.Below(_states.Length);
            if (_states[index] is { Flags: GuestFlags.None, Lifecycle: Lifecycle.Provisioned })
                return true;
        }
        return false;
    }

    private bool AddOne(DateTime now)
    {
        if (!_free.TryDequeue(out var index))
            return false;
        var generation = (ushort)(_states[index].Generation + 1);
        _states[index] = _factory.Initial(index, generation);
        Charge(_states[index], +1);
        Show(index, now);
        return true;
    }

    private void RemoveOne(int index)
    {
        var id = _factory.NativeId(index, _states[index]);
        Charge(_states[index], -1);
        Free(index);
        Tell(new Gone(ObjectKind.Guest, id));
    }

    private void Free(int index)
    {
        // A service guest that somebody removed stays away: its place has another kind of guest's rules.
        if (!_states[index].Flags.HasFlag(GuestFlags.Service))
            _free.Enqueue(index);
        _states[index].Flags = GuestFlags.Removed;
    }

    private void MoveOne(int index, DateTime now)
    {
        var cluster = Layout.ClusterOf(_states[index].Host);
        var host = Layout.FirstHostOf(cluster) + _churn.Below(Layout.HostsIn(cluster));
        Charge(_states[index], -1);
        _states[index].Host = host;
        Charge(_states[index], +1);
        Show(index, now);
    }

    private void ResizeOne(int index, DateTime now)
    {
        Charge(_states[index], -1);
        ref var state = ref _states[index];
        var grow = _churn.OneIn(2);
        state.MemoryMiB = grow ? Math.Min(state.MemoryMiB * 2, 1 << 20) : Math.Max(state.MemoryMiB / 2, 256);
        state.Vcpus = grow ? (ushort)Math.Min(state.Vcpus * 2, MostVcpus) : (ushort)Math.Max(state.Vcpus / 2, 1);
        Charge(_states[index], +1);
        Show(index, now);
    }

    private void PowerOne(int index, DateTime now)
    {
        ref var state = ref _states[index];
        var platform = Layout.PlatformOf(state.Host);
        var next = state.Power == PowerState.On ? _churn.Below(10) switch { 0 => PowerState.Paused, 1 => PowerState.Suspended, 2 => PowerState.Crashed, _ => PowerState.Off } : PowerState.On;
        if (!platform.Has(next))
            next = PowerState.Off;
        Charge(state, -1);
        state.Power = next;
        Charge(state, +1);
        Tell(new GuestStateSeen(_factory.NativeId(index, state), next, Transition.None, platform.Raw(next), ObservationSource.Event, now));
    }

    private void Show(int index, DateTime now)
    {
        if (_watchers.Count > 0)
            Tell(new Seen(_factory.Make(index, _states[index], ObservationSource.Event, now)));
    }
}
