namespace Anyvisor.Simulation;

/// <summary>
/// Stands in for a system that can't run on a developer's machine: speaks its true wire protocol, has state, takes
/// faults. It lives beside the driver of that system (<c>drivers/X/Simulator</c>) and shares no code with it, so that
/// neither can hide the other's mistake. Stateless itself.
/// </summary>
public interface ISimulator
{
    SimulatorInfo Info { get; }

    /// <summary>Makes the estate and listens. Ready when it returns.</summary>
    /// <exception cref="SimulationException">An option has no sense, or the address is taken; the message is for a person.</exception>
    Task<ISimulation> StartAsync(SimulationOptions options, CancellationToken cancellationToken);
}
