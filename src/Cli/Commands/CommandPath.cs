using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands;

/// <summary>The path of a command that makes a task.</summary>
internal static class CommandPath
{
    /// <summary>Asks for a plan alone with --dry-run, and to stand in line with --queue.</summary>
    internal static string Of(Invocation invocation, string path)
    {
        var how = (invocation.DryRun, invocation.Queue) switch
        {
            (true, _) => "dryRun=true",
            (_, true) => "queue=true",
            _ => null,
        };
        return how is null ? path : path + (path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + how;
    }
}
