namespace Anyvisor.Simulation;

/// <summary>A running simulated system. Disposing it stops it.</summary>
public interface ISimulation : IAsyncDisposable
{
    /// <summary>How a provider is added that is this simulation.</summary>
    SimulatedAddress Address { get; }
}
