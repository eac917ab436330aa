using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Tasks;

internal sealed partial class TaskJournal
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Task {Task} stands still: its journal can't be written")]
    private static partial void LogStandstill(ILogger log, Exception exception, string task);
}
