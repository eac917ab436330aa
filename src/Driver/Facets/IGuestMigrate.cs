using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Bring guests to another host of the same hypervisor.</summary>
public interface IGuestMigrate : IWorkSteps
{
    /// <param name="guest">The guest.</param>
    /// <param name="target">The host to go to.</param>
    /// <param name="peer">The target host's own connection, of the same driver, where it is another provider's; else null.</param>
    /// <param name="request">How.</param>
    /// <param name="taskId">For the log of the system.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    Task<WorkPlan> PlanMigrateAsync(
        Guest guest,
        Host target,
        IProviderConnection? peer,
        MigrateGuest request,
        string taskId,
        CancellationToken cancellationToken
    );
}
