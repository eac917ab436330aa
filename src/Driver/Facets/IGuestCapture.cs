using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Make an image of a guest, which stays as it is.</summary>
public interface IGuestCapture : IWorkSteps
{
    Task<WorkPlan> PlanCaptureAsync(Guest guest, CaptureGuest request, string taskId, CancellationToken cancellationToken);
}
