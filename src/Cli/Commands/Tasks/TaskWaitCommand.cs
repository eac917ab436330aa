using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Tasks;

/// <summary><c>task wait ID</c>: ends as the task ends.</summary>
internal sealed class TaskWaitCommand : CliCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The task's id" };

    internal TaskWaitCommand()
        : base("wait", "Wait for a task's end; the exit code tells how it ended") => Add(_id);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.Get(_id);
        var task = await invocation.Client.GetAsync("/tasks/" + AnyvisorClient.Segment(id), cancellationToken);
        return await TaskFollower.WaitAsync(invocation, task, $"Task {id} has succeeded.", cancellationToken);
    }
}
