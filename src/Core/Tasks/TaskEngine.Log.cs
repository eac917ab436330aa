using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Tasks;

public sealed partial class TaskEngine
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Task {Task} ({Kind}) was {State} when the server ended; it goes on")]
    private static partial void LogResumed(ILogger log, string task, string kind, TaskState state);

    [LoggerMessage(Level = LogLevel.Information, Message = "Task {Task} is left to the next start")]
    private static partial void LogLeft(ILogger log, string task);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Task {Task} stands still until the next start: its journal can't be written")]
    private static partial void LogUnwritable(ILogger log, Exception exception, string task);

    [LoggerMessage(Level = LogLevel.Error, Message = "Task {Task} has ended and could not let go of all that it held")]
    private static partial void LogLeftBehind(ILogger log, Exception exception, string task);

    [LoggerMessage(Level = LogLevel.Error, Message = "The refusal of {Kind} asked by {Actor} could not be written to the audit log")]
    private static partial void LogRefusalLost(ILogger log, Exception exception, string kind, string actor);
}
