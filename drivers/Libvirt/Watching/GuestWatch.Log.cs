using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.Libvirt.Watching;

internal sealed partial class GuestWatch
{
    [LoggerMessage(LogLevel.Warning, "Guest {Uuid} could not be read: {Message}")]
    private static partial void LogLookFailed(ILogger logger, Guid uuid, string message);

    [LoggerMessage(LogLevel.Warning, "Guest {Uuid} did not answer for its description within {Seconds} s: what was known of it is kept")]
    private static partial void LogLookTimedOut(ILogger logger, Guid uuid, double seconds);

    [LoggerMessage(LogLevel.Warning, "{Host} has more guests than libvirt's protocol can list; {Count} are seen")]
    private static partial void LogIncomplete(ILogger logger, string host, int count);
}
