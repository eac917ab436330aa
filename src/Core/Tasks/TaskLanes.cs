using System.Collections.Immutable;

namespace Anyvisor.Core.Tasks;

/// <summary>
/// Who works on what, and who waits for it, first come first served. A task has its turn when it is first in all of
/// its lanes; because it lines up in all of them at once, no two tasks wait for each other.
/// </summary>
internal sealed class TaskLanes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<string>> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> _tasks = new(StringComparer.Ordinal);

    /// <summary>Takes the lanes if all of them are free; else names a task in the way.</summary>
    public bool TryTake(string task, ImmutableArray<string> lanes, out string inTheWay)
    {
        lock (_gate)
        {
            foreach (var lane in lanes)
            {
                if (!_lanes.TryGetValue(lane, out var line))
                    continue;
                inTheWay = line[0];
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
            var next = ImmutableArray.CreateBuilder<string>();
            foreach (var lane in lanes)
            {
                var line = _lanes[lane];
                var wasFirst = line[0] == task;
                line.Remove(task);
                if (line.Count == 0)
                    _lanes.Remove(lane);
                else if (wasFirst && !next.Contains(line[0]))
                    next.Add(line[0]);
            }
            next.RemoveAll(candidate => !HasTurnLocked(candidate));
            return next.ToImmutable();
        }
    }

    public bool HasTurn(string task)
    {
        lock (_gate)
            return HasTurnLocked(task);
    }

    /// <summary>The task that works in the lane now.</summary>
    public string? First(string lane)
    {
        lock (_gate)
            return _lanes.TryGetValue(lane, out var line) ? line[0] : null;
    }

    private void LineUpLocked(string task, ImmutableArray<string> lanes)
    {
        _tasks.Add(task, lanes);
        foreach (var lane in lanes)
        {
            if (!_lanes.TryGetValue(lane, out var line))
                _lanes.Add(lane, line = []);
            line.Add(task);
        }
    }

    private bool HasTurnLocked(string task) => _tasks[task].All(lane => _lanes[lane][0] == task);
}
