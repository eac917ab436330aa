using System.Collections.Immutable;
using Anyvisor.Core.Access;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Work to be written down and done.</summary>
public sealed record TaskRequest
{
    /// <summary>The name of a registered <see cref="ITaskKind"/>.</summary>
    public required string Kind { get; init; }
    public required TaskTarget Target { get; init; }
    public string? Provider { get; init; }
    public required Caller Caller { get; init; }

    /// <summary>The same caller with the same key gets the same task, however often it asks.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What the kind needs to know, as JSON. Holds no secret: those go into <see cref="Secrets"/>.</summary>
    public string Body { get; init; } = "{}";

    /// <summary>What tells two requests of one idempotency key apart, where the body would not do; null takes the body.</summary>
    public string? Identity { get; init; }

    /// <summary>Encrypted at rest, and forgotten when the task ends.</summary>
    public ImmutableDictionary<string, Secret> Secrets { get; init; } = ImmutableDictionary<string, Secret>.Empty;

    /// <summary>What only one task may work on at a time: see <see cref="TaskLane"/>.</summary>
    public ImmutableArray<string> Lanes { get; init; } = [];

    /// <summary>Wait for the task that is in the way rather than being refused.</summary>
    public bool Queue { get; init; }

    /// <summary>The bulk task that it is part of.</summary>
    public string? Parent { get; init; }

    /// <summary>A bulk task's items.</summary>
    public ImmutableArray<TaskItem> Items { get; init; } = [];
}
