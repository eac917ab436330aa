using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Deletes a guest with what belongs to it alone.</summary>
internal sealed class DeleteKind(GuestParts parts, Admission admission) : DriverWorkKind<IGuestDelete>(KindName, parts)
{
    public const string KindName = "guest.delete";

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var guest = Parts.GuestOf(order);
        admission.Require(Verb.Delete, guest, order.Id);
        var options = order.Read(CommandJson.Default.DeleteOptions);
        return Parts.Calls.PlanAsync<IGuestDelete>(
            guest.Provider,
            "plan-delete",
            (facet, token) => facet.PlanDeleteAsync(guest, options.KeepDisks, order.Id, token),
            cancellationToken
        );
    }

    protected override bool Seen(TaskOrder order) =>
        Parts.Inventory.Get<Guest>(ObjectId.Parse(order.Target.Id!)) is null or { Presence: Presence.Missing } or { Lifecycle: Lifecycle.Deleted };
}
