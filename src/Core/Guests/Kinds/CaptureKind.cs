using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Makes an image of a guest.</summary>
internal sealed class CaptureKind(GuestParts parts, Admission admission) : DriverWorkKind<IGuestCapture>(KindName, parts)
{
    public const string KindName = "guest.capture";

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var guest = Parts.GuestOf(order);
        admission.Require(Verb.Capture, guest, order.Id);
        return Parts.Calls.PlanAsync<IGuestCapture>(
            guest.Provider,
            "plan-capture",
            (facet, token) => facet.PlanCaptureAsync(guest, order.Read(ModelJson.Default.CaptureGuest), order.Id, token),
            cancellationToken
        );
    }

    protected override bool Seen(TaskOrder order) => Find(order) is not null;

    public override Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult(Find(order)?.Id.ToString());

    private Image? Find(TaskOrder order) =>
        Parts.Inventory.Resolve<Image>($"{order.Provider}/{order.Read(ModelJson.Default.CaptureGuest).Name}").Found;
}
