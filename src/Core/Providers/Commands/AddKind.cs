using System.Collections.Immutable;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Providers.Commands;

/// <summary>
/// Connects, keeps, lists. The lane of the name is held from before the name was found free until the end, so a
/// provider of that name is this task's own, and going back may remove it.
/// </summary>
internal sealed class AddKind(ProviderRegistry registry) : ProviderKind(KindName, registry)
{
    public const string KindName = "provider.add";
    private const string Connect = "connect";
    private const string Keep = "keep";
    private const string List = "list";

    protected override ImmutableArray<WorkStep> LayOut(TaskOrder order)
    {
        var request = Request(order);
        Registry.RequireAddable(request);
        var keep = Step(Keep, $"Keep the provider {request.Name} with its secrets encrypted");
        var list = Step(List, "List what it has");
        return request.SkipCheck ? [keep, list] : [Step(Connect, $"Connect to {request.Name}"), keep, list];
    }

    protected override async Task DoAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        var request = Request(order);
        switch (step.Name)
        {
            case Connect:
                var found = await Registry.TryAsync(request, cancellationToken).ConfigureAwait(false);
                context.Log($"{found!.Product} {found.Version} answers at {request.Url}");
                break;
            case Keep when !Registry.Has(request.Name):
                await Registry.KeepAsync(request, cancellationToken).ConfigureAwait(false);
                break;
            case List when !request.SkipCheck:
                await Registry.AwaitListingAsync(request.Name, cancellationToken).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    public override Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(step.Name == Keep && Registry.Has(order.Target.Name) ? WorkStepState.Done : WorkStepState.NotDone);

    public override Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        step.Name == Keep ? Registry.ForgetAsync(order.Target.Name, cancellationToken) : Task.CompletedTask;

    private static AddProvider Request(TaskOrder order) => ProviderSecrets.Whole(order.Read(ModelJson.Default.AddProvider), order);
}
