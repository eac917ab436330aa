using System.Collections.Immutable;
using Anyvisor.Simulation;

namespace Anyvisor.Simulate;

/// <summary>The simulators that this program was built with: every project <c>drivers/*/Simulator</c>.</summary>
internal static partial class InstalledSimulators
{
    internal static ImmutableArray<ISimulator> All() =>
        [.. Create().OrderBy(simulator => simulator.Info.System, StringComparer.Ordinal)];

    // Written at build time: see InstalledSimulators.targets.
    private static partial ISimulator[] Create();
}
