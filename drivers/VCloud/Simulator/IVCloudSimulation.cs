using Anyvisor.Simulation;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>With a look inside, for tests.</summary>
internal interface IVCloudSimulation : ISimulation
{
    VcdServer Server { get; }
}
