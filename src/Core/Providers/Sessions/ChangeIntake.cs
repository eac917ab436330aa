using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>
/// Changes on their way from one driver's watch to the inventory: bounded, in order, and at most one state a guest
/// outside of listings. One thread adds and one takes. When it is full the adding side waits, so a flood stays at its
/// source and costs us neither memory nor, with the rate limit, a processor.
/// </summary>
internal sealed class ChangeIntake(int capacity, int mostPerSecond, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<NativeId, int> _lastOfGuest = [];
    private List<Change> _pending = [];
    private List<Change> _taken = [];
    private TaskCompletionSource _added = NewSignal();
    private TaskCompletionSource _room = NewSignal();
    private Exception? _end;
    private bool _listing;
    private long _shed;
    private long _windowStart = time.GetTimestamp();
    private int _inWindow;

    /// <summary>Changes that a later one of the same guest made needless.</summary>
    public long Shed => Volatile.Read(ref _shed);

    public int Pending
    {
        get
        {
            lock (_gate)
                return _pending.Count;
        }
    }

    public async ValueTask AddAsync(Change change, CancellationToken cancellationToken)
    {
        while (TryAdd(change) is { } room)
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!_listing && Excess() is { } wait)
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Nothing more comes. What is pending is still taken; then the exception shows.</summary>
    public void End(Exception exception)
    {
        lock (_gate)
        {
            _end ??= exception;
            _added.TrySetResult();
        }
    }

    /// <summary>Everything pending, at least one change. The list is the taker's until its next call.</summary>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public async ValueTask<IReadOnlyList<Change>> TakeAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task added;
            lock (_gate)
            {
                if (_pending.Count > 0)
                    return TakeAll();
                if (_end is not null)
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_end);
                added = _added.Task;
            }
            await added.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private List<Change> TakeAll()
    {
        (_pending, _taken) = (_taken, _pending);
        _pending.Clear();
        _lastOfGuest.Clear();
        _added = NewSignal();
        _room.TrySetResult();
        _room = NewSignal();
        return _taken;
    }

    /// <returns>What to wait for where there is no room; null when it is added.</returns>
    private Task? TryAdd(Change change)
    {
        lock (_gate)
        {
            if (!Coalesce(change))
            {
                if (_pending.Count >= capacity)
                    return _room.Task;
                _pending.Add(change);
            }
            _added.TrySetResult();
            return null;
        }
    }

    /// <summary>Puts the change in the place of an earlier one of the same guest. A listing's frame is never crossed.</summary>
    private bool Coalesce(Change change)
    {
        switch (change)
        {
            case SnapshotBegin:
                _listing = true;
                _lastOfGuest.Clear();
                return false;
            case SnapshotComplete:
                _listing = false;
                return false;
            case Heartbeat:
                // It only has to be heard, and what is pending is heard too.
                return _pending.Count > 0;
            case GuestStateSeen state when !_listing:
                return Replace(state.Guest, state);
            case Seen { Object: Guest guest } when !_listing:
                return Replace(guest.NativeId, change);
            case Gone { Kind: ObjectKind.Guest } gone when !_listing:
                // It stands where it came: what comes after it is of a guest that came back.
                _lastOfGuest.Remove(gone.NativeId);
                return false;
            default:
                return false;
        }
    }

    private bool Replace(NativeId guest, Change change)
    {
        if (!_lastOfGuest.TryGetValue(guest, out var index))
        {
            if (_pending.Count < capacity)
                _lastOfGuest[guest] = _pending.Count;
            return false;
        }
        _pending[index] = Merge(_pending[index], change);
        _shed++;
        return true;
    }

    private static Change Merge(Change earlier, Change later)
    {
        if (later is not GuestStateSeen state || earlier is not Seen { Object: Guest guest } seen)
            // A whole record without its native document does not undo one that came with it.
            return earlier is Seen { Native.IsEmpty: false } before && later is Seen { Native.IsEmpty: true } after ? after with { Native = before.Native } : later;
        return seen with
        {
            Object = guest with
            {
                Power = state.Power,
                Transition = state.Transition,
                Raw = state.Raw,
                Source = state.Source,
                ObservedAt = state.ObservedAt,
            },
        };
    }

    private TimeSpan? Excess()
    {
        var passed = time.GetElapsedTime(_windowStart);
        if (passed >= Window)
        {
            _windowStart = time.GetTimestamp();
            _inWindow = 0;
            return null;
        }
        return ++_inWindow > mostPerSecond * Window.TotalSeconds ? Window - passed : null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
