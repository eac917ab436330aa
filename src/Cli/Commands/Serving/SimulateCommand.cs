using System.CommandLine;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands.Serving;

/// <summary><c>simulate SYSTEM</c>: becomes a system that speaks its true wire protocol.</summary>
internal sealed class SimulateCommand : CliCommand
{
    internal SimulateCommand()
        : base("simulate", "Be a system that can't run on a developer's machine, with its true wire protocol")
    {
        TreatUnmatchedTokensAsErrors = false;
        Add(new Argument<string?>("SYSTEM") { Description = "Which system; without it, they are named", Arity = ArgumentArity.ZeroOrOne });
        Add(new Option<string?>("--listen") { Description = "Where to listen (127.0.0.1, a free port)", HelpName = "ADDRESS:PORT" });
        Add(new Option<string?>("--hosts") { Description = "How many hosts", HelpName = "N" });
        Add(new Option<string?>("--guests") { Description = "How many guests", HelpName = "N" });
        Add(new Option<string?>("--seed") { Description = "The same seed makes the same estate", HelpName = "S" });
        Add(new Option<string[]>("--fault") { Description = "A fault to inject (slow=2s, garbage=0.01, expire-session=30s, drop=0.01); may be repeated", HelpName = "FAULT" });
        Add(new Option<string[]>("--set") { Description = "A setting of the system; 'anyvisor simulate --help' names them; may be repeated", HelpName = "KEY=VALUE" });
        Add(new Option<string?>("--data") { Description = "Where its password and certificate are kept (below the temporary folder)", HelpName = "DIR" });
        Add(new Option<string?>("--name") { Description = "The provider's name in the line that is printed", HelpName = "NAME" });
    }

    internal override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken) =>
        CompanionProgram.BecomeSimulatorAsync(invocation.Words(Name), cancellationToken);
}
