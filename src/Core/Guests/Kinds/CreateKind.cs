using Anyvisor.Core.Placement;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Makes a guest.</summary>
internal sealed class CreateKind(GuestParts parts) : DriverWorkKind<IGuestCreate>(KindName, parts)
{
    public const string KindName = "guest.create";

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var request = order.Read(ModelJson.Default.CreateGuest);
        PlacementCheck.Check(request, Parts.Inventory);
        return Parts.Calls.PlanAsync<IGuestCreate>(
            order.Provider!,
            "plan-create",
            (facet, token) => facet.PlanCreateAsync(request, order.Id, token),
            cancellationToken
        );
    }

    protected override ObjectId? Affects(TaskOrder order) => NewGuest.IdOf(order);

    protected override bool Seen(TaskOrder order) => NewGuest.Find(Parts, order) is not null;

    public override Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) =>
        Task.FromResult((NewGuest.Find(Parts, order)?.Id ?? NewGuest.IdOf(order))?.ToString());
}
