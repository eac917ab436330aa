using System.CommandLine;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Grammar;

/// <summary>Tells a person which word of the command line was wrong, and which one is near it.</summary>
internal static class UsageErrors
{
    internal static int Print(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(command);
        var unmatched = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unmatched is not null)
        {
            error.WriteLine(Printable.Clean($"error: '{path}' knows no {What(command, unmatched)} '{unmatched}'."));
            if (Nearest.To(unmatched, Known(command, unmatched)) is { } near)
                error.WriteLine($"  did you mean '{near}'?");
        }
        else
        {
            error.WriteLine(Printable.Clean($"error: {parsed.Errors[0].Message}"));
            if (command.Subcommands.Count > 0)
                error.WriteLine($"  {path} takes: {string.Join(", ", command.Subcommands.Where(static c => !c.Hidden).Select(static c => c.Name))}");
        }
        error.WriteLine($"  see '{path} --help'");
        return ExitCode.Usage;
    }

    internal static string PathOf(Command command)
    {
        var words = new Stack<string>();
        for (Symbol? at = command; at is not null; at = at.Parents.FirstOrDefault())
            words.Push(at is RootCommand ? "anyvisor" : at.Name);
        return string.Join(' ', words);
    }

    private static string What(Command command, string token) =>
        token.StartsWith('-') ? "flag" : command.Subcommands.Count > 0 ? "command" : "further word";

    private static IEnumerable<string> Known(Command command, string token)
    {
        if (!token.StartsWith('-'))
            return command.Subcommands.Where(static c => !c.Hidden).Select(static c => c.Name);
        var options = new List<Option>(command.Options);
        for (var at = command.Parents.OfType<Command>().FirstOrDefault(); at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
            options.AddRange(at.Options.Where(static o => o.Recursive));
        return options.Where(static o => !o.Hidden).Select(static o => o.Name);
    }
}
