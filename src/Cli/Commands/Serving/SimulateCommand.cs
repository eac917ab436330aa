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
        Add(new Argument<string>("SYSTEM") { Description = "Which system" });
        Add(new Option<string?>("--listen") { Description = "Where to listen", HelpName = "127.0.0.1:PORT" });
        Add(new Option<string?>("--hosts") { Description = "How many hosts", HelpName = "N" });
        Add(new Option<string?>("--guests") { Description = "How many guests", HelpName = "N" });
        Add(new Option<string?>("--seed") { Description = "The same seed makes the same estate", HelpName = "S" });
        Add(new Option<string[]>("--fault") { Description = "A fault to inject (slow=2s, garbage=0.01, expire-session=30s, drop=0.01); may be repeated", HelpName = "FAULT" });
    }

    internal override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken) =>
        ServerProgram.BecomeAsync(["simulate", .. invocation.Words(Name)], cancellationToken);
}
