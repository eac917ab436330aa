using System.Text.Json;
using Anyvisor.Cli.Grammar;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Output;

/// <summary>Prints what a dry run found: the steps, the place, and what to mind.</summary>
internal static class PlanPrinter
{
    internal static void Print(Invocation invocation, JsonElement document)
    {
        if (invocation.Format is not (OutputFormat.Table or OutputFormat.Wide))
        {
            DocumentPrinter.Print(invocation, document);
            return;
        }
        var plan = document.Deserialize(ModelJson.Default.Plan)!;
        if (plan.Host is { } host)
            invocation.Out.WriteLine(Printable.Clean($"on host {host}:"));
        var number = 0;
        foreach (var step in plan.Steps.IsDefault ? [] : plan.Steps)
            invocation.Out.WriteLine(Printable.Clean($"{++number,3}. {step.Label}"));
        foreach (var concern in plan.Concerns.IsDefault ? [] : plan.Concerns)
            ProblemPrinter.PrintConcern(invocation.Out, concern);
    }
}
