using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Access;

/// <summary>
/// Makes tokens and takes them away. Taking one away is a task; making one is not, since its key is in the answer and
/// nowhere else. Safe for many threads.
/// </summary>
public sealed class TokenCommands
{
    private readonly TokenStore _tokens;
    private readonly RequestKeys _keys;
    private readonly TaskEngine _engine;

    /// <summary>Registers the kind of task that it asks for: before the engine starts.</summary>
    public TokenCommands(TokenStore tokens, RequestKeys keys, TaskEngine engine)
    {
        (_tokens, _keys, _engine) = (tokens, keys, engine);
        engine.Register(new RemoveKind(tokens));
    }

    /// <summary>
    /// Makes a token. Asked again with the same idempotency key it makes none: the key of the first was in an answer that
    /// can't be given again.
    /// </summary>
    /// <param name="request">What to make.</param>
    /// <param name="ask">Who and how.</param>
    /// <param name="accept">Writes down that it is about to be made; called just before it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">The request is wrong, the name is taken, or it was made before.</exception>
    public async Task<NewApiToken> CreateAsync(AddToken request, Ask ask, Func<Task> accept, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var same = $"token.add\n{JsonSerializer.Serialize(request, ModelJson.Default.AddToken)}";
        if (await _keys.FindAsync(ask.Caller.Name, ask.IdempotencyKey, same, cancellationToken).ConfigureAwait(false) is { } made)
            throw MadeBefore(made);
        await accept().ConfigureAwait(false);
        return await _tokens
            .CreateAsync(
                request.Name,
                request.Role,
                request.ExpiresAt?.ToUniversalTime(),
                connection =>
                {
                    if (ask.IdempotencyKey is not { } key)
                        return;
                    // Another request of this key may have come in between.
                    if (RequestKeys.Find(connection, ask.Caller.Name, key, same) is { } meanwhile)
                        throw MadeBefore(meanwhile);
                    _keys.Keep(connection, ask.Caller.Name, key, same, $"token {request.Name}");
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>What making it would do.</summary>
    /// <exception cref="CommandException">The request is wrong, or the name is taken.</exception>
    public Plan PlanCreate(AddToken request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _tokens.RequireMakeable(request.Name, request.ExpiresAt?.ToUniversalTime());
        return new Plan { Steps = [new TaskStep { Name = "add", Label = $"Make the token {request.Name} with the role {request.Role.ToString().ToLowerInvariant()}" }] };
    }

    /// <summary>Answers when the token is worth nothing any more.</summary>
    /// <exception cref="CommandException">There is none of that name, or it is the last administrator's.</exception>
    public async Task<CommandAnswer> RemoveAsync(string name, Ask ask, CancellationToken cancellationToken)
    {
        var task = new TaskRequest
        {
            Kind = RemoveKind.KindName,
            Target = new TaskTarget("token", name, name),
            Caller = ask.Caller,
            IdempotencyKey = ask.IdempotencyKey,
            Queue = ask.Queue,
            Lanes = [$"token:{name}"],
        };
        var answer = await _engine.AnswerAsync(task, ask, cancellationToken).ConfigureAwait(false);
        return answer.Task is null ? answer : answer with { Task = await _engine.WaitAsync(answer.Task.Id, cancellationToken).ConfigureAwait(false) };
    }

    private static CommandException MadeBefore(string made) =>
        ProblemFactory.Conflict(
            $"The {made} was made by this very request before, and its key was shown in that answer alone. If that answer was lost, remove the token and make another."
        );

    private sealed class RemoveKind(TokenStore tokens) : ITaskKind
    {
        public const string KindName = "token.remove";

        public string Name => KindName;

        public bool SingleCall => false;

        public Task<WorkPlan> PlanAsync(TaskOrder order, CancellationToken cancellationToken)
        {
            tokens.RequireRemovable(order.Target.Name);
            var step = new WorkStep("remove", $"Take the token {order.Target.Name} away", ImmutableSortedDictionary<string, string>.Empty) { PointOfNoReturn = true };
            return Task.FromResult(new WorkPlan { Steps = [step] });
        }

        public Task RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
            tokens.RemoveAsync(order.Target.Name, cancellationToken);

        public Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) =>
            Task.FromResult(tokens.Has(order.Target.Name) ? WorkStepState.NotDone : WorkStepState.Done);

        public Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult<string?>(order.Target.Name);
    }
}
