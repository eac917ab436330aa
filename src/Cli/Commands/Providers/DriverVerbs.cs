using System.CommandLine;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary>The verbs of <c>driver</c>.</summary>
internal static class DriverVerbs
{
    internal static IEnumerable<Command> Create() =>
        [new DriverListCommand(), new ShowCommand("Show a driver: its settings, how its URLs look, what it can do", "/drivers", "KIND", "The driver's kind")];
}
