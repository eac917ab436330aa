namespace Anyvisor.Simulation;

/// <summary>A simulation can't be as it was asked for. The message is for a person: what is wrong and what to do.</summary>
public sealed class SimulationException(string message, Exception? innerException = null) : Exception(message, innerException);
