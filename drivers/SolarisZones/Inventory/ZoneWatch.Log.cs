using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.SolarisZones.Inventory;

internal static partial class ZoneWatchLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "No table has the state '{State}' of zone {Zone}: it is shown as unknown")]
    public static partial void UnknownState(this ILogger log, string state, string zone);

    [LoggerMessage(Level = LogLevel.Information, Message = "Asking again: {Reason}")]
    public static partial void Garbled(this ILogger log, string reason);
}
