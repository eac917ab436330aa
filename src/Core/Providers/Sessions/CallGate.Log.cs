using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Providers.Sessions;

internal sealed partial class CallGate
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The driver of {provider} threw what no driver may throw in {operation}: {detail}")]
    private static partial void LogDefect(ILogger log, string provider, string operation, string detail);
}
