using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>How a virtual machine was shown last.</summary>
/// <param name="Kind">A guest, or an image where it is a template.</param>
/// <param name="Id">Its identity then.</param>
/// <param name="Snapshots">Of the snapshots that were shown with it.</param>
internal readonly record struct Shown(ObjectKind Kind, NativeId Id, NativeId[] Snapshots)
{
    public bool IsNothing => Id.IsEmpty;
}
