using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>Reads one object into a record of its own, beside the watched ones.</summary>
internal sealed class RecordSink(EstateRecord into) : PropertySink
{
    private readonly Interner _words = new();

    public bool Found { get; private set; }

    public override void Begin(MoRef self) => Found |= self.Value == into.Self.Value;

    public override void Set(string path, XmlReader value)
    {
        if (!into.Set(path, value, _words))
            value.Skip();
    }

    public override void Unset(string path) => into.Unset(path);
}
