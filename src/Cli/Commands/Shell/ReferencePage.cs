using System.CommandLine;
using System.Globalization;
using System.Text;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands.Shell;

/// <summary>The CLI's reference as Markdown, so that the documentation can't differ from the grammar.</summary>
internal static class ReferencePage
{
    internal static string Write(RootCommand root, GlobalOptions globals)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # The command line

            Generated from the code: `anyvisor reference > docs/reference/cli.md`. Do not edit.

            A `REF` is an id, a name, or `PROVIDER/NAME`; a name that several have is an error that lists them.
            A size is bytes, or a number with `K M G T` or `KiB MiB GiB TiB` (by 1024) or `kB MB GB TB` (by 1000).
            Commands that change something wait for the task's end unless `--no-wait` is given.
            Answers go to standard output, progress and errors to standard error.

            | exit code | meaning |
            |---|---|
            | 0 | done |
            | 1 | failed |
            | 2 | the command line or a value in it was wrong |
            | 3 | not found |
            | 4 | refused: sign-in or permission |
            | 5 | timed out |
            | 6 | not capable: this system can't do it |

            | environment | meaning |
            |---|---|
            | `ANYVISOR_SERVER` | the server's URL |
            | `ANYVISOR_TOKEN` | the API token |
            | `ANYVISOR_DATA` | the data directory of this machine's server; with it no URL and no token are needed |
            | `NO_COLOR` | no colours |
            | `SSL_CERT_FILE` | certificates to trust |

            ## Flags of every command


            """
        );
        Options(page, globals.All);
        foreach (var command in root.Subcommands)
            Section(page, command, "anyvisor");
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Section(StringBuilder page, Command command, string path)
    {
        if (command.Hidden)
            return;
        var name = $"{path} {command.Name}";
        if (command.Subcommands.Count == 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {Usage(command, name)}\n\n{command.Description}.\n");
            var arguments = command.Arguments.Where(static a => !a.Hidden).ToList();
            var options = command.Options.Where(static o => !o.Hidden && !o.Recursive).ToList();
            if (arguments.Count + options.Count == 0)
                return;
            page.Append('\n');
            foreach (var argument in arguments)
                page.Append(CultureInfo.InvariantCulture, $"- `{argument.Name}`: {argument.Description}\n");
            Options(page, options);
            return;
        }
        if (path == "anyvisor")
            page.Append(CultureInfo.InvariantCulture, $"\n## {command.Name}\n\n{command.Description}.\n");
        foreach (var verb in command.Subcommands)
            Section(page, verb, name);
    }

    private static string Usage(Command command, string name)
    {
        var words = command.Arguments.Select(static a =>
            (a.Arity.MinimumNumberOfValues, a.Arity.MaximumNumberOfValues) switch
            {
                (0, 1) => $"[{a.Name}]",
                (0, _) => $"[{a.Name}...]",
                (_, > 1) => $"{a.Name}...",
                _ => a.Name,
            }
        );
        return string.Join(' ', (string[])[name, .. words]);
    }

    private static void Options(StringBuilder page, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            var names = string.Join(", ", (string[])[option.Name, .. option.Aliases]);
            var value = option.HelpName is { } help ? " " + help : "";
            var required = option.Required ? " Required." : "";
            page.Append(CultureInfo.InvariantCulture, $"- `{names}{value}`: {option.Description}.{required}\n");
        }
    }
}
