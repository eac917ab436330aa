using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>What a dry run answers: what would be done, where and why, and nothing was.</summary>
public sealed record Plan
{
    /// <summary>Steps by name and label, in order.</summary>
    public ImmutableArray<TaskStep> Steps { get; init; } = [];

    /// <summary>The host that it would run on.</summary>
    public string? Host { get; init; }
    public ImmutableArray<Concern> Concerns { get; init; } = [];
}
