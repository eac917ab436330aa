using Anyvisor.Core.Guests;
using Anyvisor.Core.Guests.Kinds;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Images;

/// <summary>Deletes an image at its provider.</summary>
internal sealed class ImageDeleteKind(GuestParts parts) : DriverWorkKind<IImageStore>(KindName, parts)
{
    public const string KindName = "image.delete";

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var image = Find(order) ?? throw ProblemFactory.NotFound("image", order.Target.Name);
        return Parts.Calls.PlanAsync<IImageStore>(
            image.Provider,
            "plan-image-delete",
            (facet, token) => facet.PlanImageDeleteAsync(image, order.Id, token),
            cancellationToken
        );
    }

    protected override ObjectId? Affects(TaskOrder order) => null;

    protected override bool Seen(TaskOrder order) => Find(order) is null or { Presence: Presence.Missing };

    private Image? Find(TaskOrder order) => Parts.Inventory.Get<Image>(ObjectId.Parse(order.Target.Id!));
}
