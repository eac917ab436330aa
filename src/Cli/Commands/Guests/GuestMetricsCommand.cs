using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest metrics REF</c>.</summary>
internal sealed class GuestMetricsCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();

    internal GuestMetricsCommand()
        : base("metrics", "How much a guest uses now") => Add(_guest);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        DocumentPrinter.Print(invocation, await invocation.Client.GetAsync(GuestPath.Of(invocation.Get(_guest)) + "/metrics", cancellationToken));
        return ExitCode.Done;
    }
}
