using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Store;

public sealed partial class Database
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} is damaged and is kept as {Aside}; the inventory is read anew from the providers, its history is lost")]
    private static partial void LogEstateDamaged(ILogger log, Exception exception, string path, string aside);
}
