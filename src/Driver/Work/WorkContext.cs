using System.Collections.Immutable;

namespace Anyvisor.Driver.Work;

/// <summary>What a running step may use of the task that runs it.</summary>
public sealed record WorkContext
{
    /// <summary>The task's id. Drivers mark what they make with it, so that an interrupted step can be told from a stranger's work.</summary>
    public required string TaskId { get; init; }

    /// <summary>Takes the step's progress, 0 to 1. Cheap to call often.</summary>
    public required IProgress<double> Progress { get; init; }

    /// <summary>Adds a line to the task's log.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>Secret settings of the request, by name (<c>user-data</c>).</summary>
    public ImmutableDictionary<string, Secret> Secrets { get; init; } = ImmutableDictionary<string, Secret>.Empty;

    /// <summary>The other end of a migration: a connection of the same driver.</summary>
    public IProviderConnection? Peer { get; init; }
}
