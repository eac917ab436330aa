using System.Text.Json;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Work;

/// <summary>What happens after a command was accepted: print the plan, print the task, or wait for its end.</summary>
internal static class TaskFollower
{
    /// <param name="invocation">How the command was called.</param>
    /// <param name="answer">What the server answered.</param>
    /// <param name="done">What to tell a person when it succeeded.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal static async Task<int> FinishAsync(Invocation invocation, Answer answer, string done, CancellationToken cancellationToken)
    {
        if (!answer.IsTask)
        {
            if (invocation.DryRun && answer.Json.Field("steps").ValueKind == JsonValueKind.Array)
                PlanPrinter.Print(invocation, answer.Json);
            else
                PrintDone(invocation, answer.Json, done);
            return ExitCode.Done;
        }
        if (!invocation.Wait)
        {
            await PrintTaskAsync(invocation, answer.Json, cancellationToken);
            return ExitCode.Done;
        }
        return await WaitAsync(invocation, answer.Json, done, cancellationToken);
    }

    /// <summary>Follows a task to its end.</summary>
    internal static async Task<int> WaitAsync(Invocation invocation, JsonElement begun, string done, CancellationToken cancellationToken)
    {
        var id = begun.Text("id");
        using var patience = invocation.Timeout is { } timeout
            ? new CancellationTokenSource(timeout, invocation.Surroundings.Time)
            : new CancellationTokenSource();
        using var interrupted = new CancellationTokenSource();
        using var signals = invocation.Surroundings.OnInterrupt(interrupted.Cancel);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, interrupted.Token, cancellationToken);
        var last = begun;
        try
        {
            if (!TaskStates.HasEnded(begun))
                last = await ProgressDisplay.ShowAsync(invocation, begun, invocation.Client.FollowTaskAsync(id, any.Token));
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Failed, $"Stopped waiting; task {id} goes on.", $"See 'anyvisor task show {id}'; 'anyvisor task cancel {id}' ends it.");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new CliException(ExitCode.TimedOut, $"Task {id} has not ended within {Words.Span(invocation.Timeout!.Value)}; it goes on.", $"See 'anyvisor task wait {id}'.");
        }
        return await EndAsync(invocation, last, done, cancellationToken);
    }

    private static async Task<int> EndAsync(Invocation invocation, JsonElement document, string done, CancellationToken cancellationToken)
    {
        var task = document.Deserialize(ModelJson.Default.TaskInfo)!;
        if (task.State == TaskState.Succeeded)
        {
            PrintDone(invocation, document, done);
            return ExitCode.Done;
        }
        if (invocation.Format is OutputFormat.Json or OutputFormat.Yaml)
            DocumentPrinter.Print(invocation, document);
        await invocation.Out.FlushAsync(cancellationToken);
        return Report(invocation, task);
    }

    private static int Report(Invocation invocation, TaskInfo task)
    {
        var error = invocation.Surroundings.Error;
        foreach (var item in task.Items.IsDefault ? [] : task.Items.Where(static i => i.Error is not null))
            error.WriteLine(Printable.Clean($"{item.Name}: {item.Error!.Detail ?? item.Error.Title}"));
        if (task.Error is { } problem)
            ProblemPrinter.Print(error, problem);
        else if (task.State == TaskState.NeedsCheck)
            error.WriteLine($"error: Task {task.Id} was interrupted and nobody can tell whether it happened: look at {Printable.Clean(task.Target.Name)}.");
        else
            error.WriteLine($"error: Task {task.Id} {(task.State == TaskState.Cancelled ? "was cancelled" : "failed")}.");
        invocation.Remark($"  more: anyvisor task show {task.Id}");
        return task.Error is { } cause ? ExitCode.Of(cause) : ExitCode.Failed;
    }

    private static void PrintDone(Invocation invocation, JsonElement document, string done)
    {
        // Tables are for people: they get a sentence, and standard output stays empty.
        if (invocation.Format is OutputFormat.Table or OutputFormat.Wide || document.ValueKind == JsonValueKind.Undefined)
            invocation.Remark(done);
        else
            PrintTask(invocation, document);
    }

    private static Task PrintTaskAsync(Invocation invocation, JsonElement document, CancellationToken cancellationToken)
    {
        if (invocation.Format is not (OutputFormat.Table or OutputFormat.Wide))
        {
            PrintTask(invocation, document);
            return Task.CompletedTask;
        }
        new Table(ListPrinter.Shown(TaskColumns.All, invocation.Format), invocation.Surroundings).Write([document]);
        return invocation.Out.FlushAsync(cancellationToken);
    }

    private static void PrintTask(Invocation invocation, JsonElement document)
    {
        if (invocation.Format == OutputFormat.Name && document.Field("target").ValueKind == JsonValueKind.Object)
            invocation.Out.WriteLine(document.Text("id"));
        else
            DocumentPrinter.Print(invocation, document);
    }
}
