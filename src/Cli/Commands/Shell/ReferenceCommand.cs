using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands.Shell;

/// <summary><c>reference</c>: writes docs/reference/cli.md, from the grammar itself.</summary>
internal sealed class ReferenceCommand : CliCommand
{
    internal ReferenceCommand()
        : base("reference", "Print every command and flag as Markdown") => Hidden = true;

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var globals = new GlobalOptions();
        await invocation.Out.WriteAsync(ReferencePage.Write(Nouns.Build(globals, words: null), globals).AsMemory(), cancellationToken);
        return ExitCode.Done;
    }
}
