using System.Text.Json;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Spectre.Console;

namespace Anyvisor.Cli.Work;

/// <summary>Shows how a task goes on: a bar on a terminal, a line a step elsewhere, nothing with -q. Always on standard error.</summary>
internal static class ProgressDisplay
{
    /// <summary>Draws until the documents end and gives the last one.</summary>
    internal static Task<JsonElement> ShowAsync(Invocation invocation, JsonElement begun, IAsyncEnumerable<JsonElement> documents)
    {
        if (invocation.Quiet)
            return LastAsync(begun, documents, static _ => { });
        return invocation.Surroundings.ErrorIsTerminal ? DrawAsync(invocation, begun, documents) : WriteAsync(invocation, begun, documents);
    }

    private static async Task<JsonElement> LastAsync(JsonElement begun, IAsyncEnumerable<JsonElement> documents, Action<JsonElement> show)
    {
        var last = begun;
        await foreach (var document in documents)
        {
            last = document;
            show(document);
        }
        return last;
    }

    private static Task<JsonElement> WriteAsync(Invocation invocation, JsonElement begun, IAsyncEnumerable<JsonElement> documents)
    {
        var told = "";
        return LastAsync(
            begun,
            documents,
            document =>
            {
                if (CurrentStep(document) is not { Length: > 0 } step || step == told)
                    return;
                told = step;
                invocation.Remark($"{document.Text("kind")}: {step}");
            }
        );
    }

    private static Task<JsonElement> DrawAsync(Invocation invocation, JsonElement begun, IAsyncEnumerable<JsonElement> documents)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(invocation.Surroundings.Error) });
        return console
            .Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async display =>
            {
                var bar = display.AddTask(Markup.Escape(Describe(begun)), maxValue: 1);
                return await LastAsync(
                    begun,
                    documents,
                    document =>
                    {
                        bar.Description = Markup.Escape(Describe(document));
                        if (document.Field("progress") is { ValueKind: JsonValueKind.Number } progress && progress.TryGetDouble(out var share))
                            bar.Value = share;
                    }
                );
            });
    }

    private static string Describe(JsonElement task) =>
        CurrentStep(task) is { Length: > 0 } step ? step : $"{task.Text("kind")} {task.Field("target").Text("name")}";

    /// <summary>The label of the step at hand.</summary>
    private static string CurrentStep(JsonElement task)
    {
        if (task.Field("steps") is not { ValueKind: JsonValueKind.Array } steps)
            return "";
        foreach (var step in steps.EnumerateArray())
            if (step.Text("state") is "running")
                return step.Text("label");
        return "";
    }
}
