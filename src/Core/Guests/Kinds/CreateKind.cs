using System.Collections.Immutable;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Placement;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Makes a guest. Where its system keeps no tags, a last step of ours keeps them.</summary>
internal sealed class CreateKind(GuestParts parts) : DriverWorkKind<IGuestCreate>(KindName, parts), ITaskKind
{
    public const string KindName = "guest.create";
    private const string Tag = "keep-tags";

    async Task<WorkPlan> ITaskKind.PlanAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(order, cancellationToken).ConfigureAwait(false);
        return order.Read(ModelJson.Default.CreateGuest).Tags.IsEmpty || !KeepsOurs(order)
            ? plan
            : plan with { Steps = plan.Steps.Add(new WorkStep(Tag, $"Tag {order.Target.Name}", ImmutableSortedDictionary<string, string>.Empty) { Weight = 0 }) };
    }

    Task ITaskKind.RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        step.Name == Tag ? TagAsync(order, context, cancellationToken) : RunStepAsync(order, step, context, cancellationToken);

    Task<WorkStepState> ITaskKind.InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        step.Name == Tag ? Task.FromResult(WorkStepState.NotDone) : InspectStepAsync(order, step, context, cancellationToken);

    Task ITaskKind.UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        if (step.Name != Tag)
            return UndoStepAsync(order, step, context, cancellationToken);
        if (Made(order) is { } guest)
            Parts.Inventory.ForgetTags(guest);
        return Task.CompletedTask;
    }

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var request = order.Read(ModelJson.Default.CreateGuest);
        PlacementCheck.Check(request, Parts.Inventory);
        if (KeepsOurs(order))
            request = request with { Tags = ImmutableDictionary<string, string>.Empty };
        return Parts.Calls.PlanAsync<IGuestCreate>(
            order.Provider!,
            "plan-create",
            (facet, token) => facet.PlanCreateAsync(request, order.Id, token),
            cancellationToken
        );
    }

    protected override ObjectId? Affects(TaskOrder order) => NewGuest.IdOf(order);

    protected override bool Seen(TaskOrder order) => NewGuest.Find(Parts, order) is not null;

    public override Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult(Made(order)?.ToString());

    private async Task TagAsync(TaskOrder order, StepContext context, CancellationToken cancellationToken)
    {
        var tags = order.Read(ModelJson.Default.CreateGuest).Tags;
        if (Made(order) is { } guest)
            await Parts.Inventory.SetTagsAsync(order.Provider!, guest, tags, cancellationToken).ConfigureAwait(false);
        else
            context.Log($"{order.Target.Name} is not to be seen yet: tag it when it is.");
    }

    private ObjectId? Made(TaskOrder order) => NewGuest.Find(Parts, order)?.Id ?? NewGuest.IdOf(order);

    private bool KeepsOurs(TaskOrder order) => Parts.Calls.DriverOf(order.Provider!) is { } driver && EmulatedTags.AreOurs(driver);
}
