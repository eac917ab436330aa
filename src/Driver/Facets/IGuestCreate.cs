using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Make guests.</summary>
public interface IGuestCreate : IWorkSteps
{
    /// <summary>
    /// Lays out the work and checks everything that can be checked without changing anything: the name is free, the
    /// image exists and is what it says, host and datastore have room.
    /// </summary>
    /// <param name="request">Validated by shape; of its secret settings only the names are there, with empty values: the values come in the context of each step.</param>
    /// <param name="taskId">Goes into the marks of what is made.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    /// <exception cref="ProviderException">It can't be done; the message says which rule fails.</exception>
    Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken);
}
