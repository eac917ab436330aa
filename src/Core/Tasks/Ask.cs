using Anyvisor.Core.Access;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>How something is asked, whatever it is.</summary>
/// <param name="Caller">Who asks.</param>
public sealed record Ask(Caller Caller)
{
    /// <summary>The same caller with the same key gets the same task.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Wait behind a task that is in the way rather than being refused.</summary>
    public bool Queue { get; init; }

    /// <summary>Say what would be done, and do nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>The answer to a command: a task, or the plan where that was asked for.</summary>
/// <param name="Task">Written down and under way.</param>
/// <param name="Plan">What would be done; set for a dry run.</param>
public sealed record CommandAnswer(TaskInfo? Task, Plan? Plan);
