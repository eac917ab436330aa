using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Make a guest from another.</summary>
public interface IGuestClone : IWorkSteps
{
    Task<WorkPlan> PlanCloneAsync(Guest source, CloneGuest request, string taskId, CancellationToken cancellationToken);
}
