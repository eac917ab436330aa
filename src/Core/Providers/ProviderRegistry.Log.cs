using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Providers;

public sealed partial class ProviderRegistry
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Provider {provider} ({driver}) added")]
    private static partial void LogAdded(ILogger log, string provider, string driver);

    [LoggerMessage(Level = LogLevel.Information, Message = "Provider {provider} removed")]
    private static partial void LogRemoved(ILogger log, string provider);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The drop of {provider} was confirmed: {missing} guests are now missing")]
    private static partial void LogDropAccepted(ILogger log, string provider, int missing);

    [LoggerMessage(Level = LogLevel.Error, Message = "The secrets of {provider} can't be decrypted: {reason}")]
    private static partial void LogSecretsUnreadable(ILogger log, string provider, string reason);
}
