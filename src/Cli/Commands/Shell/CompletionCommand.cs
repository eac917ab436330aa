using System.CommandLine;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands.Shell;

/// <summary><c>completion bash|zsh|fish</c>: the script that the shell sources.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private readonly Argument<string> _shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" }.AcceptOnlyFromAmong("bash", "zsh", "fish");

    internal CompletionCommand()
        : base("completion", "Print a shell's completion script: source <(anyvisor completion bash)") => Add(_shell);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var script = invocation.Get(_shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        };
        await invocation.Out.WriteLineAsync(script.AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private const string Bash = """
        # anyvisor completion for bash
        _anyvisor() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _anyvisor anyvisor
        """;

    private const string Zsh = """
        #compdef anyvisor
        # anyvisor completion for zsh
        _anyvisor() {
            local -a words_found
            words_found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- "${words_found[@]}"
        }
        compdef _anyvisor anyvisor
        """;

    private const string Fish = """
        # anyvisor completion for fish
        function __anyvisor_complete
            set -l line (commandline -cp)
            anyvisor "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c anyvisor -f -a '(__anyvisor_complete)'
        """;
}
