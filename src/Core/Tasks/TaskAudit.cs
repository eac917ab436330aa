using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Tasks in the words of the audit log.</summary>
internal static class TaskAudit
{
    public static string OutcomeOf(TaskState state) =>
        state switch
        {
            TaskState.Succeeded => "done",
            TaskState.Cancelled => "cancelled",
            TaskState.NeedsCheck => "needs-check",
            TaskState.Failed => "failed",
            _ => "accepted",
        };

    public static string TargetOf(TaskOrder order) => TargetOf(order.Target, order.Provider);

    public static string TargetOf(TaskTarget target, string? provider) =>
        provider is null || target.Type == "provider" ? $"{target.Type} {target.Name}" : $"{target.Type} {provider}/{target.Name}";
}
