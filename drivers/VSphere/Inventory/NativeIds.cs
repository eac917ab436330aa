using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>The system's durable identities as ours.</summary>
internal static class NativeIds
{
    /// <summary>A guest's instance UUID, whose case differs between versions; its reference where it has none.</summary>
    public static NativeId Of(string? instanceUuid, MoRef self) =>
        Guid.TryParse(instanceUuid, out var uuid) && uuid != Guid.Empty ? new NativeId(uuid) : new NativeId(self.Value);

    public static NativeId Of(MoRef self) => new(self.Value);
}
