namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>What has to be looked at again.</summary>
internal sealed record Dirty
{
    /// <summary>Guests to read.</summary>
    public HashSet<Guid> Guests { get; } = [];

    /// <summary>Guests whose snapshots to list as well.</summary>
    public HashSet<Guid> Snapshots { get; } = [];

    /// <summary>Guests to make anew from what is known: their addresses or disks' sizes changed.</summary>
    public HashSet<Guid> Remake { get; } = [];

    /// <summary>Everything: somebody asks for it, or events were lost.</summary>
    public bool All { get; set; }

    /// <summary>Pools, volumes and networks.</summary>
    public bool Places { get; set; }

    /// <summary>Volumes that we deleted, by their keys.</summary>
    public HashSet<string> Deleted { get; } = new(StringComparer.Ordinal);

    public bool Any => All || Guests.Count > 0 || Remake.Count > 0;
}

/// <summary>
/// Gathers reasons to look from events, commands and other watchers. A storm of events on one guest is one entry:
/// this is where they coalesce.
/// </summary>
internal sealed class DirtySet
{
    private readonly Lock _gate = new();
    private Dirty _dirty = new();
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mark(Action<Dirty> mark)
    {
        lock (_gate)
        {
            mark(_dirty);
            _signal.TrySetResult();
        }
    }

    /// <summary>Completes when something is marked.</summary>
    public Task Marked
    {
        get
        {
            lock (_gate)
                return _signal.Task;
        }
    }

    public Dirty Take()
    {
        lock (_gate)
        {
            var taken = _dirty;
            _dirty = new Dirty();
            _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return taken;
        }
    }
}
