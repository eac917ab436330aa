using Anyvisor.Model;

namespace Anyvisor.Cli.Output;

/// <summary>Tells a person what went wrong: what, where, the system's own words, and what to do.</summary>
internal static class ProblemPrinter
{
    internal static void Print(TextWriter error, Problem problem)
    {
        error.WriteLine($"error: {Printable.Clean(problem.Detail ?? problem.Title)}");
        if (problem.NativeMessage is { } said && !(problem.Detail ?? "").Contains(said, StringComparison.Ordinal))
            error.WriteLine(Printable.Clean($"  {problem.Provider ?? "the system"} said: {said}{Code(problem.NativeCode)}"));
        if (!problem.Candidates.IsDefaultOrEmpty && !(problem.Detail ?? "").Contains("did you mean", StringComparison.OrdinalIgnoreCase))
            error.WriteLine(Printable.Clean($"  did you mean: {string.Join(", ", problem.Candidates)}"));
        if (problem.Type == Client.ProblemTypes.AuthenticationFailed && problem is { Provider: null, Status: 401 })
            error.WriteLine("  Give a token with ANYVISOR_TOKEN, or set ANYVISOR_DATA to the data directory of this machine's server.");
        foreach (var concern in problem.Concerns.IsDefault ? [] : problem.Concerns)
            PrintConcern(error, concern);
    }

    internal static void PrintConcern(TextWriter output, Concern concern)
    {
        var word = concern.Severity switch
        {
            ConcernSeverity.Critical => "critical",
            ConcernSeverity.Warning => "warning",
            _ => "information",
        };
        output.WriteLine(Printable.Clean($"  {word}: {concern.Label}. {concern.Assessment}{(concern.Remedy is { } remedy ? " " + remedy : "")}"));
    }

    private static string Code(string? code) => code is null ? "" : $" ({code})";
}
