using System.Text.Json;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Providers.Commands;

/// <summary>
/// Everything that can be asked of providers; each is a task, or a plan for a dry run. Secrets travel apart from the
/// request, sealed, and are forgotten when the task ends. Safe for many threads.
/// </summary>
public sealed class ProviderCommands
{
    private readonly ProviderRegistry _registry;
    private readonly TaskEngine _engine;

    /// <summary>Registers the kinds of tasks that it asks for: before the engine starts.</summary>
    public ProviderCommands(ProviderRegistry registry, TaskEngine engine)
    {
        (_registry, _engine) = (registry, engine);
        engine.Register(new AddKind(registry));
        engine.Register(new UpdateKind(registry));
        engine.Register(new RemoveKind(registry));
        engine.Register(new CheckKind(registry));
        engine.Register(new RefreshKind(registry));
    }

    /// <summary>
    /// Connects to see that it works, unless the request says not to, then keeps the provider and lists what it has. A
    /// dry run connects too and keeps nothing.
    /// </summary>
    /// <exception cref="CommandException">The request is wrong, or the name is taken.</exception>
    /// <exception cref="ProviderException">For a dry run: it can't be reached or refuses us.</exception>
    public async Task<CommandAnswer> AddAsync(AddProvider request, Ask ask, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _registry.RequireWellFormed(request);
        var (open, secrets) = ProviderSecrets.Split(request, _registry.DriverOf(request.Driver).Info);
        var task = Compose(AddKind.KindName, request.Name, ask) with
        {
            Body = JsonSerializer.Serialize(open, ModelJson.Default.AddProvider),
            Secrets = secrets,
        };
        if (!ask.DryRun)
            return await _engine.AnswerAsync(task, ask, cancellationToken).ConfigureAwait(false);
        var plan = await _engine.PlanAsync(task, cancellationToken).ConfigureAwait(false);
        return new CommandAnswer(null, await TriedAsync(plan, request, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Changes what the request names, and connects anew with it.</summary>
    /// <exception cref="CommandException">There is no such provider, or the request is wrong.</exception>
    public Task<CommandAnswer> UpdateAsync(string name, PatchProvider patch, Ask ask, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        _registry.RequireApplicable(name, patch);
        var (open, secrets) = ProviderSecrets.Split(patch, _registry.DriverInfoOf(name)!);
        var task = Compose(UpdateKind.KindName, name, ask) with
        {
            Body = JsonSerializer.Serialize(open, ModelJson.Default.PatchProvider),
            Secrets = secrets,
        };
        return _engine.AnswerAsync(task, ask, cancellationToken);
    }

    /// <summary>Forgets a provider with its secrets and objects. At the provider itself nothing changes.</summary>
    /// <exception cref="CommandException">There is no such provider, or tasks work on what it has.</exception>
    public Task<CommandAnswer> RemoveAsync(string name, Ask ask, CancellationToken cancellationToken)
    {
        // Once it is forgotten nobody could finish what works there, or take back what was left half made.
        var task = Compose(RemoveKind.KindName, name, ask);
        return _engine.AnswerAsync(task with { Lanes = task.Lanes.Add(TaskLane.At(name)) }, ask, cancellationToken);
    }

    /// <summary>Signs in once more, to see that it works.</summary>
    /// <exception cref="CommandException">There is no such provider.</exception>
    public Task<CommandAnswer> CheckAsync(string name, Ask ask, CancellationToken cancellationToken) =>
        _engine.AnswerAsync(Compose(CheckKind.KindName, name, ask) with { Lanes = [] }, ask, cancellationToken);

    /// <summary>Asks for a full listing; with <paramref name="accept"/> confirms that what the last one lacked is gone.</summary>
    /// <exception cref="CommandException">There is no such provider.</exception>
    public Task<CommandAnswer> RefreshAsync(string name, bool accept, Ask ask, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.Serialize(new RefreshBody(accept), ProviderJson.Default.RefreshBody);
        return _engine.AnswerAsync(Compose(RefreshKind.KindName, name, ask) with { Body = body, Lanes = [] }, ask, cancellationToken);
    }

    private static TaskRequest Compose(string kind, string name, Ask ask) =>
        new()
        {
            Kind = kind,
            Target = new TaskTarget("provider", name, name),
            Provider = name,
            Caller = ask.Caller,
            IdempotencyKey = ask.IdempotencyKey,
            Queue = ask.Queue,
            Lanes = [TaskLane.Provider(name)],
        };

    private async Task<Plan> TriedAsync(Plan plan, AddProvider request, CancellationToken cancellationToken)
    {
        if (request.SkipCheck)
            return plan;
        var found = await _registry.TryAsync(request, cancellationToken).ConfigureAwait(false);
        var tried = plan.Steps[0] with { Label = $"{plan.Steps[0].Label}: {found!.Product} {found.Version} answers", State = TaskStepState.Done };
        return plan with { Steps = plan.Steps.SetItem(0, tried) };
    }
}
