using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>What commands and kinds of tasks need of the rest of Core.</summary>
internal sealed class GuestParts(EstateInventory inventory, ProviderRegistry registry, TimeProvider time)
{
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromMinutes(10);

    public EstateInventory Inventory => inventory;

    public ProviderCalls Calls { get; } = new(registry);

    public Observer Observer { get; } = new(inventory, time);

    public TimeProvider Time => time;

    /// <summary>What a person's reference stands for.</summary>
    /// <exception cref="CommandException">Nothing, or more than one thing.</exception>
    public T Resolve<T>(string kind, string reference)
        where T : class, IInventoryObject
    {
        var resolution = inventory.Resolve<T>(reference);
        if (resolution.IsAmbiguous)
            throw ProblemFactory.Ambiguous(kind, reference, resolution.Candidates);
        return resolution.Found ?? throw ProblemFactory.NotFound(kind, reference);
    }

    public Guest Guest(string reference) => Resolve<Guest>("guest", reference);

    /// <inheritdoc cref="ProviderRegistry.SettleAsync"/>
    public Task SettleAsync(string provider, CancellationToken cancellationToken) => registry.SettleAsync(provider, cancellationToken);

    /// <summary>Waits until the task's provider is in step, or its guest is known and the provider answers.</summary>
    public async Task ReadyAsync(Tasks.TaskOrder order, Action<string> log, CancellationToken cancellationToken)
    {
        if (order.Provider is not { } provider || IsReady(order, provider))
            return;
        log($"Waiting for {provider}, which is not connected yet.");
        if (!await Observer.WaitAsync(() => IsReady(order, provider), () => { }, ReadyPatience, cancellationToken).ConfigureAwait(false))
            log($"{provider} is not connected after {ReadyPatience.TotalMinutes:0} min; going on without it.");
    }

    private bool IsReady(Tasks.TaskOrder order, string provider) =>
        registry.State(provider) switch
        {
            null or ProviderState.Disabled or ProviderState.Connected or ProviderState.Suspicious => true,
            _ => Calls.Connection(provider) is not null
                && order.Target is { Type: "guest", Id: { } id }
                && inventory.Get<Guest>(ObjectId.Parse(id)) is not null,
        };

    /// <summary>The guest of a task, as it was last seen.</summary>
    /// <exception cref="CommandException">It is gone.</exception>
    public Guest GuestOf(Tasks.TaskOrder order) =>
        order.Target.Id is { } id && inventory.Get<Guest>(ObjectId.Parse(id)) is { } guest
            ? guest
            : throw ProblemFactory.NotFound("guest", order.Target.Name);
}
