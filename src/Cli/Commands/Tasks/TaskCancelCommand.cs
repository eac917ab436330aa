using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Cli.Work;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Tasks;

/// <summary><c>task cancel ID</c>.</summary>
internal sealed class TaskCancelCommand : CliCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The task's id" };

    internal TaskCancelCommand()
        : base("cancel", "End a task as soon as the step at hand allows, undoing what is half done") => Add(_id);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.Get(_id);
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, $"/tasks/{AnyvisorClient.Segment(id)}:cancel{(invocation.DryRun ? "?dryRun=true" : "")}", cancellationToken);
        if (invocation.DryRun)
            return await TaskFollower.FinishAsync(invocation, answer, $"Task {id} would be cancelled.", cancellationToken);
        if (invocation.Format is OutputFormat.Table or OutputFormat.Wide)
            invocation.Remark($"Task {id} is {TaskStates.State(answer.Json)}.");
        else
            DocumentPrinter.Print(invocation, answer.Json);
        return ExitCode.Done;
    }
}
