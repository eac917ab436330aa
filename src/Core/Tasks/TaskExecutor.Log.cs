using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Tasks;

internal sealed partial class TaskExecutor
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Task {Task}: step {Step} did not go through")]
    private static partial void LogStepFailed(ILogger log, Exception exception, string task, string step);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Task {Task}: step {Step} could not be undone")]
    private static partial void LogUndoFailed(ILogger log, Exception exception, string task, string step);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Task {Task} ended by a defect of the server")]
    private static partial void LogDefect(ILogger log, Exception exception, string task);
}
