using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>
/// One managed object as far as it is watched, kept small and changed in place: by the one watch alone. Others may
/// read single fields.
/// </summary>
internal abstract class EstateRecord(MoRef self)
{
    public MoRef Self { get; } = self;
    public string Name { get; protected set; } = "";
    public MoRef Parent { get; protected set; }

    /// <summary>Whether something changed inside a property of which only a part was told: it has to be read again.</summary>
    public bool Stale { get; set; }

    /// <summary>Takes a property's value.</summary>
    /// <param name="path">As it was asked for.</param>
    /// <param name="value">At the value's element; left behind it where the property is taken, untouched where not.</param>
    /// <param name="words">Keeps repeated words once.</param>
    /// <returns>False for a property that was not asked for: a part of one, or more than one.</returns>
    public virtual bool Set(string path, XmlReader value, Interner words)
    {
        switch (path)
        {
            case "name":
                Name = EntityNames.Decode(value.Text());
                return true;
            case "parent":
                Parent = value.Ref();
                return true;
            default:
                return false;
        }
    }

    /// <summary>The property has no value any more.</summary>
    public virtual void Unset(string path)
    {
        if (path == "parent")
            Parent = default;
    }
}
