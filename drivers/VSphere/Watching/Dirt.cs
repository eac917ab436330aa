using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Watching;

/// <summary>What has to be read again whether the system tells it or not. Thread-safe.</summary>
internal sealed class Dirt
{
    private readonly Lock _lock = new();
    private HashSet<MoRef> _objects = [];
    private HashSet<MoRef> _changed = [];
    private bool _everything;

    public void Object(MoRef self)
    {
        lock (_lock)
            _ = _objects.Add(self);
    }

    /// <summary>Its record was changed by us: it is to be shown again.</summary>
    public void Shown(MoRef self)
    {
        lock (_lock)
            _ = _changed.Add(self);
    }

    public void Everything()
    {
        lock (_lock)
            _everything = true;
    }

    public (bool Everything, HashSet<MoRef> Objects, HashSet<MoRef> Changed) Take()
    {
        lock (_lock)
        {
            var taken = (_everything, _objects, _changed);
            (_everything, _objects, _changed) = (false, [], []);
            return taken;
        }
    }
}
