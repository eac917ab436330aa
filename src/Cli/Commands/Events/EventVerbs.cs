using System.CommandLine;

namespace Anyvisor.Cli.Commands.Events;

/// <summary>The verbs of <c>event</c>.</summary>
internal static class EventVerbs
{
    internal static IEnumerable<Command> Create() => [new EventListCommand(), new EventWatchCommand()];
}
