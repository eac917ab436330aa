using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>Puts what is read into the records, and remembers which were touched.</summary>
internal sealed class EstateSink(Estate estate) : PropertySink
{
    private EstateRecord? _at;

    public HashSet<EstateRecord> Touched { get; } = [];

    public List<EstateRecord> Left { get; } = [];

    public override void Begin(MoRef self)
    {
        _at = estate.Enter(self);
        if (_at is not null)
            _ = Touched.Add(_at);
    }

    public override void Set(string path, XmlReader value)
    {
        if (_at is null)
        {
            value.Skip();
        }
        else if (!_at.Set(path, value, estate.Words))
        {
            value.Skip();
            _at.Stale = true;
        }
    }

    public override void Unset(string path)
    {
        if (path.AsSpan().Contains('['))
            _at?.Stale = true;
        else
            _at?.Unset(path);
    }

    public override void Leave(MoRef self)
    {
        if (estate.Leave(self) is not { } left)
            return;
        Left.Add(left);
        _ = Touched.Remove(left);
    }
}
