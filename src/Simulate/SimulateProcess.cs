using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Anyvisor.Simulation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Anyvisor.Simulate;

/// <summary>
/// <c>anyvisor simulate SYSTEM</c>: starts the simulation, prints the one line that adds it as a provider, and stays
/// until SIGINT or SIGTERM.
/// </summary>
internal static class SimulateProcess
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Usage = 2;

    internal static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, ImmutableArray<ISimulator> simulators, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await using var cancelled = cancellationToken.Register(() => over.TrySetResult());
        try
        {
            if (SimulateCommandLine.Parse(arguments, simulators) is not { } line)
            {
                await output.WriteLineAsync(SimulateCommandLine.Help(simulators));
                return Done;
            }
            using var loggers = LoggerFactory.Create(logging => logging
                .SetMinimumLevel(LogLevel.Warning)
                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
                .AddSimpleConsole(simple => (simple.SingleLine, simple.ColorBehavior) = (true, LoggerColorBehavior.Disabled)));
            await using var simulation = await line.Simulator.StartAsync(line.Options with { Loggers = loggers }, cancellationToken);
            await output.WriteLineAsync(simulation.Address.AddCommand(line.Name));
            await output.FlushAsync(cancellationToken);
            await over.Task;
            return Done;
        }
        catch (UsageException e)
        {
            await errors.WriteLineAsync($"anyvisor: {e.Message}");
            return Usage;
        }
        catch (SimulationException e)
        {
            await errors.WriteLineAsync($"anyvisor: {e.Message}");
            return Failed;
        }

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            over.TrySetResult();
        }
    }
}
