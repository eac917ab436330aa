using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>The way in: idempotency, exclusivity, planning, and writing down.</summary>
public sealed partial class TaskEngine
{
    /// <summary>
    /// Plans the work, writes it down and begins it. When this returns, the task is durable. Giving up the wait does not
    /// take the request back; asking again with the same key finds it.
    /// </summary>
    /// <exception cref="CommandException">It can't be done; another task is in the way; the key was used for something else.</exception>
    /// <exception cref="StoreException">It can't be written down, so it is not done.</exception>
    public async Task<TaskInfo> SubmitAsync(TaskRequest request, CancellationToken cancellationToken)
    {
        if (!_started || _stopping.IsCancellationRequested)
            throw new StoreException(StoreFault.Closed, "The server is starting or stopping: ask again in a moment.");
        if (request.IdempotencyKey is not { } key)
            return await AcceptAsync(request).WaitAsync(cancellationToken).ConfigureAwait(false);
        RequestKeys.Valid(key);

        // Two that arrive at once are one: the second waits for what becomes of the first.
        var place = (request.Caller.Name, key);
        var mine = new Lazy<Task<TaskInfo>>(() => AcceptOnceAsync(request, key));
        while (_arriving.GetOrAdd(place, mine) is var first && first != mine)
        {
            await ((Task)first.Value).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            // Done, but perhaps not taken out yet: whoever sees that does it, rather than turning in circles until it is.
            _arriving.TryRemove(new KeyValuePair<(string, string), Lazy<Task<TaskInfo>>>(place, first));
        }
        _ = RemoveWhenDoneAsync(place, mine);
        return await mine.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The task that this caller was given for this key, if it asked for the same; null for a new key.</summary>
    /// <exception cref="CommandException">The key was used for another request.</exception>
    public async Task<TaskInfo?> FindByKeyAsync(TaskRequest request, CancellationToken cancellationToken)
    {
        if (request.IdempotencyKey is not { } key)
            return null;
        if (await _journal.FindByKeyAsync(request.Caller.Name, key, cancellationToken).ConfigureAwait(false) is not var (info, fingerprint))
            return await _journal.FindHolderAsync(request.Caller.Name, key, cancellationToken).ConfigureAwait(false) is { } other
                ? throw RequestKeys.Taken(key, other)
                : null;
        if (fingerprint != Fingerprint(request))
            throw ProblemFactory.Conflict($"The idempotency key '{key}' was used for another request: task {info.Id}. Use a new key.", [info.Id]);
        return Freshest(info);
    }

    /// <summary>The task that this caller was given for this key, whatever it asked for; null for a new key.</summary>
    public async Task<TaskInfo?> FindByKeyAsync(string actor, string key, CancellationToken cancellationToken) =>
        await _journal.FindByKeyAsync(actor, key, cancellationToken).ConfigureAwait(false) is var (info, _) ? Freshest(info) : null;

    /// <summary>
    /// For references that stand for nothing any more: the task that this caller was given for this key, if it was of this
    /// kind and on what the reference named then. What a task deletes or renames is not found by who asks again.
    /// </summary>
    /// <param name="kind">What is asked.</param>
    /// <param name="reference">What stands for nothing any more.</param>
    /// <param name="ask">Who and how.</param>
    /// <param name="request">The request as it would be on what that task works on, at that provider.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">That task was asked for something else.</exception>
    internal async Task<TaskInfo?> FindEarlierAsync(
        string kind,
        string reference,
        Ask ask,
        Func<TaskTarget, string, TaskRequest> request,
        CancellationToken cancellationToken
    )
    {
        if (ask.DryRun || ask.IdempotencyKey is not { } key)
            return null;
        if (await FindByKeyAsync(ask.Caller.Name, key, cancellationToken).ConfigureAwait(false) is not { Provider: { } provider } task)
            return null;
        return task.Kind == kind && (task.Target.Id == reference || task.Target.Name == reference || $"{provider}/{task.Target.Name}" == reference)
            ? await FindByKeyAsync(request(task.Target, provider), cancellationToken).ConfigureAwait(false)
            : null;
    }

    private async Task RemoveWhenDoneAsync((string, string) place, Lazy<Task<TaskInfo>> arriving)
    {
        await ((Task)arriving.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _arriving.TryRemove(new KeyValuePair<(string, string), Lazy<Task<TaskInfo>>>(place, arriving));
    }

    private async Task<TaskInfo> AcceptOnceAsync(TaskRequest request, string key) =>
        await FindByKeyAsync(request with { IdempotencyKey = key }, _stopping.Token).ConfigureAwait(false)
        ?? await AcceptAsync(request).ConfigureAwait(false);

    private async Task<TaskInfo> AcceptAsync(TaskRequest request)
    {
        var order = NewOrder(request);
        try
        {
            _database.RequireSpace();
            return await PlanAndWriteAsync(request, order).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not StoreException and not OperationCanceledException)
        {
            await RecordRefusalAsync(order, e).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<TaskInfo> PlanAndWriteAsync(TaskRequest request, TaskOrder order)
    {
        var kind = _kinds.GetValueOrDefault(request.Kind) ?? throw new InvalidOperationException($"No kind of task is called {request.Kind}.");
        var hasTurn = TakeLanes(request, order);
        try
        {
            var entry = new TaskEntry(order, NewInfo(request, order), [], false, false);
            // What has to wait is planned when its turn comes: what is in the way changes what is there.
            if (hasTurn)
                entry = entry.With(TaskPlanning.Accept(await kind.PlanAsync(order, _stopping.Token).ConfigureAwait(false), order));
            var accepted = AuditLine(order, TaskAudit.OutcomeOf(TaskState.Queued), null);
            await _journal.InsertAsync(entry, Fingerprint(request), accepted, _stopping.Token).ConfigureAwait(false);
            var run = Admit(entry, kind, resumed: false);
            _publish(entry.Info);
            if (_lanes.HasTurn(order.Id))
                Launch(run);
            return run.Current;
        }
        catch
        {
            GiveTurns(order.Id);
            throw;
        }
    }

    private bool TakeLanes(TaskRequest request, TaskOrder order)
    {
        if (request.Queue)
            return _lanes.LineUp(order.Id, order.Lanes);
        if (_lanes.TryTake(order.Id, order.Lanes, out var inTheWay))
            return true;
        var what = _runs.TryGetValue(inTheWay, out var run) ? $" ({run.Current.Kind})" : "";
        throw ProblemFactory.Conflict(
            $"Task {inTheWay}{what} works on {request.Target.Name}. Wait for its end, or ask to be queued behind it.",
            [inTheWay]
        );
    }

    private TaskOrder NewOrder(TaskRequest request) =>
        new()
        {
            Id = TaskIds.Create(_time),
            Kind = request.Kind,
            Target = request.Target,
            Provider = request.Provider,
            Actor = request.Caller.Name,
            From = request.Caller.From,
            Body = request.Body,
            Secrets = request.Secrets,
            Lanes = request.Lanes,
        };

    private TaskInfo NewInfo(TaskRequest request, TaskOrder order) =>
        new()
        {
            Id = order.Id,
            Kind = order.Kind,
            Target = order.Target,
            Provider = order.Provider,
            State = TaskState.Queued,
            Items = request.Items,
            Actor = order.Actor,
            IdempotencyKey = request.IdempotencyKey,
            Parent = request.Parent,
            CreatedAt = _time.GetUtcNow().UtcDateTime,
        };

    private async Task RecordRefusalAsync(TaskOrder order, Exception e)
    {
        try
        {
            var detail = ProblemMap.ToProblem(e, order.Provider).Detail ?? "";
            await _journal.RefuseAsync(AuditLine(order, "refused", order.Scrub(detail)), _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception unwritten) when (unwritten is StoreException or OperationCanceledException)
        {
            // Nothing was done, so the caller's answer is the refusal itself and not that it could not be noted.
            LogRefusalLost(_log, unwritten, order.Kind, order.Actor);
        }
    }

    private static AuditEntry AuditLine(TaskOrder order, string outcome, string? detail) =>
        new(order.Actor, order.Kind, outcome)
        {
            Target = TaskAudit.TargetOf(order),
            From = order.From,
            Task = outcome == "refused" ? null : order.Id,
            Detail = detail,
        };
}
