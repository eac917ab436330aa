using System.Xml;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>Takes properties as they are read from the line, one object after another.</summary>
internal abstract class PropertySink
{
    /// <summary>Held while an answer is read into the sink.</summary>
    public Lock Gate { get; init; } = new();

    /// <summary>An object's properties follow.</summary>
    public abstract void Begin(MoRef self);

    /// <param name="path">As the system names it.</param>
    /// <param name="value">At the value's element; has to be left behind it.</param>
    public abstract void Set(string path, XmlReader value);

    /// <summary>The property has no value.</summary>
    public abstract void Unset(string path);

    /// <summary>The property can't be read: no privilege, no such property.</summary>
    public virtual void Missing(string path, VimFault fault) { }

    /// <summary>The object is no more, or is out of what was asked for.</summary>
    public virtual void Leave(MoRef self) { }
}
