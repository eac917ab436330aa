using Anyvisor.Core.Problems;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Which plans may be run.</summary>
internal static class TaskPlanning
{
    /// <exception cref="CommandException">The plan names a critical concern.</exception>
    public static WorkPlan Accept(WorkPlan plan, TaskOrder order)
    {
        if (plan.Steps.Select(step => step.Name).Distinct(StringComparer.Ordinal).Count() != plan.Steps.Length)
            throw new InvalidOperationException($"The plan of {order.Kind} names a step twice.");
        var critical = plan.Concerns.FirstOrDefault(concern => concern.Severity == ConcernSeverity.Critical);
        if (critical is null)
            return plan;
        var refused = ProblemFactory.Conflict($"{critical.Label}: {critical.Assessment}{(critical.Remedy is null ? "" : $" {critical.Remedy}")}");
        throw new CommandException(refused.Problem with { Concerns = plan.Concerns, Provider = order.Provider });
    }
}
