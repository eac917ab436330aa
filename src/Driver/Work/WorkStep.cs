using System.Collections.Immutable;

namespace Anyvisor.Driver.Work;

/// <summary>
/// One step of a plan. Its arguments are all that the driver needs to do, inspect or undo it in another process,
/// and hold no secret.
/// </summary>
/// <param name="Name">Short and stable, unique in the plan: <c>disk</c>, <c>define</c>, <c>start</c>.</param>
/// <param name="Label">For a person: <c>Create the disk web1.qcow2 in default</c>.</param>
/// <param name="Arguments">Text by name.</param>
public sealed record WorkStep(string Name, string Label, ImmutableSortedDictionary<string, string> Arguments)
{
    /// <summary>How much of the plan's time this step takes, beside the others.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>From this step on the plan goes forward only: what was replaced can't be brought back.</summary>
    public bool PointOfNoReturn { get; init; }
}
