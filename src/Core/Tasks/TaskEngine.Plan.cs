using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Dry runs.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Submits the request, or only plans it where the asker wants no more.</summary>
    /// <exception cref="CommandException">It can't be done.</exception>
    public async Task<CommandAnswer> AnswerAsync(TaskRequest request, Ask ask, CancellationToken cancellationToken) =>
        ask.DryRun
            ? new CommandAnswer(null, await PlanAsync(request, cancellationToken).ConfigureAwait(false))
            : new CommandAnswer(await SubmitAsync(request, cancellationToken).ConfigureAwait(false), null);

    /// <summary>What <see cref="CancelAsync"/> would do now.</summary>
    /// <exception cref="CommandException">It has ended, or has gone too far to turn back.</exception>
    public async Task<Plan> PlanCancelAsync(string id, CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(id, out var run))
            throw EndedAlready(await GetAsync(id, cancellationToken).ConfigureAwait(false));
        var entry = run.Entry;
        if (!TaskRun.Cancels(entry) && entry.Info.State != TaskState.Cancelling)
            throw CanNotCancel(entry.Info);
        var begun = entry.Info.Steps.Where(step => TaskEntry.Begun(step.State)).Reverse();
        return new Plan { Steps = [.. begun.Select(step => new TaskStep { Name = step.Name, Label = $"Take back: {step.Label}" })] };
    }

    /// <summary>What the request would do now. Nothing is written down and nothing changed.</summary>
    /// <exception cref="CommandException">It can't be done.</exception>
    public async Task<Plan> PlanAsync(TaskRequest request, CancellationToken cancellationToken)
    {
        var kind = _kinds.GetValueOrDefault(request.Kind) ?? throw new InvalidOperationException($"No kind of task is called {request.Kind}.");
        var order = NewOrder(request);
        var plan = TaskPlanning.Accept(await kind.PlanAsync(order, cancellationToken).ConfigureAwait(false), order);
        var concerns = plan.Concerns;
        foreach (var lane in request.Lanes)
            if (_lanes.InTheWay(lane) is { } id && _runs.TryGetValue(id, out var run) && run.Current is var busy)
                concerns = concerns.Add(
                    new Concern(
                        "task.busy",
                        ConcernSeverity.Warning,
                        "Another task is in the way",
                        $"Task {busy.Id} ({busy.Kind}) works on {request.Target.Name} now.",
                        "Wait for its end, or ask to be queued behind it."
                    )
                );
        return new Plan
        {
            Steps = [.. plan.Steps.Select(step => new TaskStep { Name = step.Name, Label = step.Label })],
            Host = plan.Host,
            Concerns = concerns,
        };
    }
}
