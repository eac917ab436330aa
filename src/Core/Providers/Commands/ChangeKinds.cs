using System.Collections.Immutable;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Providers.Commands;

/// <summary>Changes how a provider is reached. Doing it twice is doing it once.</summary>
internal sealed class UpdateKind(ProviderRegistry registry) : ProviderKind(KindName, registry)
{
    public const string KindName = "provider.update";

    protected override ImmutableArray<WorkStep> LayOut(TaskOrder order)
    {
        Registry.RequireApplicable(order.Target.Name, Patch(order));
        return [Step("change", $"Change {order.Target.Name}, and connect with that", pointOfNoReturn: true)];
    }

    protected override Task DoAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Registry.PatchAsync(order.Target.Name, Patch(order), cancellationToken);

    private static PatchProvider Patch(TaskOrder order) => ProviderSecrets.Whole(order.Read(ModelJson.Default.PatchProvider), order);
}

/// <summary>Forgets a provider.</summary>
internal sealed class RemoveKind(ProviderRegistry registry) : ProviderKind(KindName, registry)
{
    public const string KindName = "provider.remove";

    protected override ImmutableArray<WorkStep> LayOut(TaskOrder order)
    {
        Registry.Get(order.Target.Name);
        return [Step("forget", $"Forget {order.Target.Name}, its secrets and what it showed", pointOfNoReturn: true)];
    }

    protected override Task DoAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Registry.ForgetAsync(order.Target.Name, cancellationToken);
}

/// <summary>Signs in beside the session.</summary>
internal sealed class CheckKind(ProviderRegistry registry) : ProviderKind(KindName, registry)
{
    public const string KindName = "provider.check";

    protected override ImmutableArray<WorkStep> LayOut(TaskOrder order)
    {
        Registry.Get(order.Target.Name);
        return [Step("connect", $"Sign in to {order.Target.Name}")];
    }

    protected override async Task DoAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        var found = await Registry.CheckAsync(order.Target.Name, cancellationToken).ConfigureAwait(false);
        context.Log($"{found.Product} {found.Version} answers at {found.Url}");
    }
}

/// <summary>Has everything listed again.</summary>
internal sealed class RefreshKind(ProviderRegistry registry) : ProviderKind(KindName, registry)
{
    public const string KindName = "provider.refresh";

    protected override ImmutableArray<WorkStep> LayOut(TaskOrder order)
    {
        var provider = Registry.Get(order.Target.Name);
        if (provider.State == ProviderState.Disabled)
            throw ProblemFactory.Conflict($"The provider '{provider.Name}' is disabled: enable it first.");
        return [Step("list", $"List everything of {order.Target.Name}")];
    }

    protected override Task DoAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
        Registry.RefreshAsync(order.Target.Name, order.Read(ProviderJson.Default.RefreshBody).Accept, cancellationToken);
}

/// <summary>What a refresh was asked with.</summary>
internal sealed record RefreshBody(bool Accept);
