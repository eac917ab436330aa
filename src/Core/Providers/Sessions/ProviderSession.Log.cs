using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Providers.Sessions;

internal sealed partial class ProviderSession
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Connecting to {provider}")]
    private static partial void LogConnecting(ILogger log, string provider);

    [LoggerMessage(Level = LogLevel.Information, Message = "{provider} is in step: {guests} guests on {hosts} hosts")]
    private static partial void LogListed(ILogger log, string provider, int guests, int hosts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{provider} does not work ({code}): {text}")]
    private static partial void LogLost(ILogger log, string provider, string code, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "The driver of {provider} threw what no driver may throw while it was watched: {detail}")]
    private static partial void LogDefect(ILogger log, string provider, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "For {provider}, {what} did not end in time and is left to itself")]
    private static partial void LogAbandoned(ILogger log, string provider, string what);
}
