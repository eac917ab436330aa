using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Makes a guest from another.</summary>
internal sealed class CloneKind(GuestParts parts, Admission admission) : DriverWorkKind<IGuestClone>(KindName, parts)
{
    public const string KindName = "guest.clone";

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var source = Parts.GuestOf(order);
        admission.Require(Verb.Clone, source, order.Id);
        return Parts.Calls.PlanAsync<IGuestClone>(
            source.Provider,
            "plan-clone",
            (facet, token) => facet.PlanCloneAsync(source, order.Read(ModelJson.Default.CloneGuest), order.Id, token),
            cancellationToken
        );
    }

    protected override ObjectId? Affects(TaskOrder order) => NewGuest.IdOf(order);

    protected override bool Seen(TaskOrder order) => NewGuest.Find(Parts, order) is not null;

    public override Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) =>
        Task.FromResult((NewGuest.Find(Parts, order)?.Id ?? NewGuest.IdOf(order))?.ToString());
}
