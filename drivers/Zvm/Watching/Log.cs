using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.Zvm.Watching;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "z/VM says '{Word}' of {User}, which no table of ours has: its power is shown as unknown")]
    internal static partial void UnknownWord(ILogger logger, string user, string word);
}
