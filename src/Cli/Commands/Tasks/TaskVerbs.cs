using System.CommandLine;
using Anyvisor.Cli.Work;

namespace Anyvisor.Cli.Commands.Tasks;

/// <summary>The verbs of <c>task</c>.</summary>
internal static class TaskVerbs
{
    internal static IEnumerable<Command> Create() =>
        [
            new ListCommand("List tasks, the newest first", "/tasks", TaskColumns.All, ListTakes.Pages),
            new ShowCommand("Show a task: its steps, its log, how it ended", "/tasks", "ID", "The task's id"),
            new TaskWaitCommand(),
            new TaskCancelCommand(),
        ];
}
