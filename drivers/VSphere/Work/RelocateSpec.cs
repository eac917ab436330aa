using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Where a virtual machine is to be.</summary>
internal static class RelocateSpec
{
    public static void Write(XmlWriter spec, MoRef? host, MoRef? pool, MoRef? datastore, string? diskMove = null)
    {
        if (datastore is { } to)
            spec.Ref("datastore", to);
        spec.Optional("diskMoveType", diskMove);
        if (pool is { } into)
            spec.Ref("pool", into);
        if (host is { } on)
            spec.Ref("host", on);
    }
}
