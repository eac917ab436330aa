using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Delete guests with what belongs to them alone.</summary>
public interface IGuestDelete : IWorkSteps
{
    /// <param name="guest">The guest.</param>
    /// <param name="keepDisks">Leave its disks where they are.</param>
    /// <param name="taskId">For the log of the system.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken);
}
