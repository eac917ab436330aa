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

    /// <summary>What cancelling the task would do now.</summary>
    /// <exception cref="CommandException">It has ended.</exception>
    public static Plan PlanCancel(TaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Ended)
            throw ProblemFactory.Conflict($"Task {task.Id} has ended already: {TaskAudit.OutcomeOf(task.State)}.");
        var begun = task.Steps.Where(step => TaskEntry.Begun(step.State)).Reverse();
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
            if (WorkingIn(lane) is { } busy)
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
