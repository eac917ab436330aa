using System.Collections.Immutable;

namespace Anyvisor.Simulation;

/// <summary>What a simulator is, for help texts and for checking what it is asked.</summary>
/// <param name="System">The word after <c>anyvisor simulate</c>.</param>
/// <param name="Description">One line.</param>
/// <param name="Faults">The names of faults that it can inject, see <see cref="Faults.FaultPlan"/>.</param>
public sealed record SimulatorInfo(string System, string Description, ImmutableArray<string> Faults)
{
    /// <summary>Names and meanings of what <c>--set</c> takes.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    public int DefaultHosts { get; init; } = 2;
    public int DefaultGuests { get; init; } = 20;
}
