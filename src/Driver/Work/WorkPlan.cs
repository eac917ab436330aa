using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Driver.Work;

/// <summary>
/// Work of several steps, laid out before the first is done, so that whoever runs it can write it down, go on after a
/// crash, and undo what was half done. A plan is data: it survives the process that made it.
/// </summary>
public sealed record WorkPlan
{
    public required ImmutableArray<WorkStep> Steps { get; init; }

    /// <summary>The name of the host that it happens on, where the driver chose.</summary>
    public string? Host { get; init; }

    /// <summary>The identity of what it makes, where the driver can choose it beforehand.</summary>
    public NativeId? Makes { get; init; }

    /// <summary>What a person should know first. A critical one means that the plan must not be run.</summary>
    public ImmutableArray<Concern> Concerns { get; init; } = [];
}
