namespace Anyvisor.Simulation.Faults;

/// <summary>One fault that a simulation injects: how likely each time, and for how long, as far as the fault has these.</summary>
/// <param name="Name">For example <c>drop</c>.</param>
/// <param name="Probability">0 to 1; 1 where only a duration was given.</param>
/// <param name="Duration">Zero where only a probability was given.</param>
public sealed record Fault(string Name, double Probability, TimeSpan Duration);
