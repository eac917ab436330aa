using System.Collections.Immutable;

namespace Anyvisor.Core.Tasks;

/// <summary>
/// Who works on what, and who waits for it, first come first served. A task has its turn when nobody is before it in
/// any of its lanes, or in a shared one only others that share it; because it lines up in all of them at once, no two
/// tasks wait for each other.
/// </summary>
internal sealed class TaskLanes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> _tasks = new(StringComparer.Ordinal);

    /// <summary>Takes the lanes if all of them are free; else names a task in the way.</summary>
    public bool TryTake(string task, ImmutableArray<string> lanes, out string inTheWay)
    {
        lock (_gate)
        {
            foreach (var lane in lanes)
            {
                if (InTheWayLocked(lane) is not { } other)
                    continue;
                inTheWay = other;
                return false;
            }
            LineUpLocked(task, lanes);
            inTheWay = "";
            return true;
        }
    }

    /// <summary>Lines up in the lanes; true when it is the task's turn at once.</summary>
    public bool LineUp(string task, ImmutableArray<string> lanes)
    {
        lock (_gate)
        {
            LineUpLocked(task, lanes);
            return HasTurnLocked(task);
        }
    }

    /// <summary>Leaves the lanes, and tells whose turn it now is.</summary>
    public ImmutableArray<string> Leave(string task)
    {
        lock (_gate)
        {
            if (!_tasks.Remove(task, out var lanes))
                return [];
            var next = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (lane, shared) in lanes.Select(TaskLane.Parse))
            {
                var line = _lanes[lane];
                line.Remove(task, shared);
                if (line.IsEmpty)
                    _lanes.Remove(lane);
                else
                    next.UnionWith(line.Behind(shared));
            }
            return [.. next.Where(HasTurnLocked)];
        }
    }

    public bool HasTurn(string task)
    {
        lock (_gate)
            return HasTurnLocked(task);
    }

    /// <summary>The task that works in the lane now, or the first of those that share it.</summary>
    public string? First(string lane)
    {
        lock (_gate)
            return _lanes.TryGetValue(lane, out var line) ? line.First : null;
    }

    /// <summary>Whom one that comes now would have to wait for; null for none.</summary>
    public string? InTheWay(string lane)
    {
        lock (_gate)
            return InTheWayLocked(lane);
    }

    private string? InTheWayLocked(string name)
    {
        var (lane, shared) = TaskLane.Parse(name);
        return _lanes.TryGetValue(lane, out var line) ? line.InTheWay(shared) : null;
    }

    private void LineUpLocked(string task, ImmutableArray<string> lanes)
    {
        _tasks.Add(task, lanes);
        foreach (var (lane, shared) in lanes.Select(TaskLane.Parse))
        {
            if (!_lanes.TryGetValue(lane, out var line))
                _lanes.Add(lane, line = new Line());
            line.Add(task, shared);
        }
    }

    private bool HasTurnLocked(string task) => _tasks[task].Select(TaskLane.Parse).All(lane => _lanes[lane.Lane].HasTurn(task, lane.Shared));

    private sealed class Line
    {
        private readonly List<(string Task, bool Shared)> _tasks = [];

        /// <summary>How many want it for themselves: nearly always none, and then nobody waits in a shared line.</summary>
        private int _alone;

        public bool IsEmpty => _tasks.Count == 0;

        public string First => _tasks[0].Task;

        public void Add(string task, bool shared)
        {
            _tasks.Add((task, shared));
            _alone += shared ? 0 : 1;
        }

        public void Remove(string task, bool shared)
        {
            if (_tasks.Remove((task, shared)))
                _alone -= shared ? 0 : 1;
        }

        public string? InTheWay(bool shared) =>
            !shared ? First
            : _alone == 0 ? null
            : _tasks.Find(other => !other.Shared).Task;

        public bool HasTurn(string task, bool shared) =>
            !shared ? First == task
            : _alone == 0 || _tasks.FindIndex(other => !other.Shared) > _tasks.FindIndex(other => other.Task == task);

        /// <summary>Who may have their turn because somebody left: those that share it have theirs already.</summary>
        public IEnumerable<string> Behind(bool leftShared) =>
            !_tasks[0].Shared ? [_tasks[0].Task]
            : leftShared ? []
            : _tasks.TakeWhile(other => other.Shared).Select(other => other.Task);
    }
}
