using System.Collections.Immutable;
using Anyvisor.Core.Guests;
using Anyvisor.Core.Guests.Kinds;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Core.Images;

/// <summary>
/// Brings a spooled file to a provider. The file is the task's: whichever way the task ends, a step of ours removes it.
/// </summary>
internal sealed class ImportKind(GuestParts parts, Spool spool) : DriverWorkKind<IImageStore>(KindName, parts), ITaskKind
{
    public const string KindName = "image.import";
    private const string Receive = "receive";
    private const string TidyUp = "tidy-up";

    void ITaskKind.Resume(ImmutableArray<TaskOrder> open) => spool.Sweep(open.Select(FileOf).ToHashSet(StringComparer.Ordinal));

    async Task<WorkPlan> ITaskKind.PlanAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(order, cancellationToken).ConfigureAwait(false);
        return plan with { Steps = [Own(Receive, $"Take in {order.Target.Name}"), .. plan.Steps, Own(TidyUp, "Remove the uploaded file")] };
    }

    async Task ITaskKind.RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        if (step.Name == TidyUp)
            Spool.Remove(FileOf(order));
        else if (step.Name != Receive)
            await RunStepAsync(order, step, context, cancellationToken).ConfigureAwait(false);
    }

    async Task<WorkStepState> ITaskKind.InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        step.Name is Receive or TidyUp
            ? WorkStepState.NotDone
            : await InspectStepAsync(order, step, context, cancellationToken).ConfigureAwait(false);

    async Task ITaskKind.UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        if (step.Name == Receive)
            Spool.Remove(FileOf(order));
        else if (step.Name != TidyUp)
            await UndoStepAsync(order, step, context, cancellationToken).ConfigureAwait(false);
    }

    protected override Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var body = order.Read(ImageJson.Default.ImportBody);
        var import = new ImageImport
        {
            Name = body.Name,
            File = body.File,
            Format = body.Format,
            Capacity = body.Capacity,
            Arch = body.Arch,
            Os = new OperatingSystemInfo { Family = body.Os },
            Description = body.Description,
        };
        return Parts.Calls.PlanAsync<IImageStore>(
            order.Provider!,
            "plan-import",
            (facet, token) => facet.PlanImportAsync(import, order.Id, token),
            cancellationToken
        );
    }

    protected override ObjectId? Affects(TaskOrder order) => null;

    protected override bool Seen(TaskOrder order) => Find(order) is not null;

    public override Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult(Find(order)?.Id.ToString());

    private Image? Find(TaskOrder order) =>
        order.Makes is { } native
            ? Parts.Inventory.Get<Image>(ObjectId.Derive(ObjectKind.Image, order.Provider!, native))
            : Parts.Inventory.Resolve<Image>($"{order.Provider}/{order.Target.Name}").Found;

    // One that was called off while it waited, or whose plan failed, has no step that would do it.
    void ITaskKind.Ended(TaskOrder order) => Spool.Remove(FileOf(order));

    internal static string FileOf(TaskOrder order) => order.Read(ImageJson.Default.ImportBody).File;

    private static WorkStep Own(string name, string label) => new(name, label, ImmutableSortedDictionary<string, string>.Empty) { Weight = 0 };
}
