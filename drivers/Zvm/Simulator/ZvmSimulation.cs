using Anyvisor.Drivers.Zvm.Simulator.Estate;
using Anyvisor.Drivers.Zvm.Simulator.Smapi;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Http;

namespace Anyvisor.Drivers.Zvm.Simulator;

internal sealed class ZvmSimulation(ZvmEstate estate, HttpSimulation http, IReadOnlyList<SmapiServer> servers, SimulatedAddress address) : ISimulation
{
    public SimulatedAddress Address => address;

    internal ZvmEstate Estate => estate;

    public async ValueTask DisposeAsync()
    {
        await http.DisposeAsync().ConfigureAwait(false);
        foreach (var server in servers)
            await server.DisposeAsync().ConfigureAwait(false);
    }
}
