using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Access;

public sealed partial class TokenStore
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "When tokens were last used could not be written; the next turn tries again")]
    private static partial void LogLastUsedLost(ILogger log, Exception exception);
}
