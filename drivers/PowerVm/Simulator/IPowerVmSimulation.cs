using Anyvisor.Simulation;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>For tests: what the wire does not tell.</summary>
internal interface IPowerVmSimulation : ISimulation
{
    HmcServer Server { get; }
}
