using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Watching;

internal enum HmcEventKind : byte
{
    /// <summary>One that concerns nothing that we show.</summary>
    Other,
    Changed,
    Deleted,

    /// <summary>The console lost count: everything has to be read anew.</summary>
    Lost,
}

/// <summary>One event of the console: what happened to which object.</summary>
/// <param name="Kind">What.</param>
/// <param name="Type">The object's type: <c>LogicalPartition</c>.</param>
/// <param name="Uuid">Which.</param>
/// <param name="Parent">The type and identity before it in the address, where it is another object's part.</param>
/// <param name="Detail">The parts that changed, in the console's words.</param>
internal sealed record HmcEvent(HmcEventKind Kind, string Type, Guid Uuid, (string Type, Guid Uuid)? Parent, string Detail)
{
    public static HmcEvent Read(HmcObject read)
    {
        var kind = read.Content.Text("EventType") switch
        {
            "NEW_CLIENT" or "CACHE_CLEARED" or "MISSING_EVENTS" => HmcEventKind.Lost,
            "ADD_URI" or "MODIFY_URI" or "VISIBLE_URI" or "INVALID_URI" => HmcEventKind.Changed,
            "DELETE_URI" or "HIDDEN_URI" => HmcEventKind.Deleted,
            _ => HmcEventKind.Other,
        };
        var detail = read.Content.Text("EventDetail") ?? "";
        if (kind is HmcEventKind.Lost or HmcEventKind.Other)
            return new HmcEvent(kind, "", Guid.Empty, null, detail);
        var segments = (read.Content.Text("EventData") ?? "").Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length < 2 || !Guid.TryParse(segments[^1], out var uuid))
            return new HmcEvent(HmcEventKind.Other, segments.Length > 0 ? segments[^1] : "", Guid.Empty, null, detail);
        var parent = segments.Length >= 4 && Guid.TryParse(segments[^3], out var above) ? (segments[^4], above) : ((string, Guid)?)null;
        return new HmcEvent(kind, segments[^2], uuid, parent, detail);
    }
}
