using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

[JsonConverter(typeof(KebabCaseEnumConverter<TaskState>))]
public enum TaskState : byte
{
    /// <summary>Written down, waiting for its turn.</summary>
    Queued,
    Running,

    /// <summary>Ends as soon as the step at hand allows, undoing what was half done.</summary>
    Cancelling,
    Succeeded,
    Failed,
    Cancelled,

    /// <summary>We were interrupted and the system can't tell us whether it happened: a person has to look.</summary>
    NeedsCheck,
}

[JsonConverter(typeof(KebabCaseEnumConverter<TaskStepState>))]
public enum TaskStepState : byte
{
    Pending,
    Running,
    Done,
    Failed,
    Undone,
    Skipped,
}

/// <summary>One named step of a task.</summary>
public sealed record TaskStep
{
    public required string Name { get; init; }

    /// <summary>What it does, for a person.</summary>
    public required string Label { get; init; }
    public TaskStepState State { get; init; }
    public DateTime? StartedAt { get; init; }
    public DateTime? EndedAt { get; init; }
}

/// <summary>What a task works on.</summary>
/// <param name="Type">The kind of thing: <c>guest</c>, <c>image</c>, <c>provider</c>.</param>
/// <param name="Id">Its id; null for what does not exist yet.</param>
/// <param name="Name">Its name when the task was made.</param>
public sealed record TaskTarget(string Type, string? Id, string Name);

/// <summary>Outcome of one item of a bulk task.</summary>
public sealed record TaskItem(string Id, string Name, TaskState State, string? Task = null, Problem? Error = null);

/// <summary>A line of a task's log.</summary>
public sealed record TaskLogLine(DateTime At, string Text);

/// <summary>One durable piece of work that we run for somebody.</summary>
public sealed record TaskInfo
{
    /// <summary>Sorts by time of creation.</summary>
    public required string Id { get; init; }

    /// <summary>What it does: <c>guest.create</c>, <c>guest.start</c>, <c>image.import</c>.</summary>
    public required string Kind { get; init; }
    public required TaskTarget Target { get; init; }
    public string? Provider { get; init; }
    public TaskState State { get; init; }

    /// <summary>0 to 1.</summary>
    public double Progress { get; init; }
    public ImmutableArray<TaskStep> Steps { get; init; } = [];
    public ImmutableArray<TaskLogLine> Log { get; init; } = [];
    public ImmutableArray<TaskItem> Items { get; init; } = [];

    /// <summary>What it made: for a create or clone the new guest's id.</summary>
    public string? Result { get; init; }
    public Problem? Error { get; init; }

    /// <summary>The name of the token that asked for it.</summary>
    public required string Actor { get; init; }
    public string? IdempotencyKey { get; init; }

    /// <summary>The bulk task that it is part of.</summary>
    public string? Parent { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? StartedAt { get; init; }
    public DateTime? EndedAt { get; init; }

    [JsonIgnore]
    public bool Ended => State is TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled or TaskState.NeedsCheck;
}
