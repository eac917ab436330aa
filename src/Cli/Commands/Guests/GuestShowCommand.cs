using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest show REF [--native]</c>.</summary>
internal sealed class GuestShowCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<bool> _native = new("--native") { Description = "All that the system itself says, in its own words" };

    internal GuestShowCommand()
        : base("show", "Show a guest with all that is known of it, and what can be done to it now")
    {
        Add(_guest);
        Add(_native);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var path = GuestPath.Of(invocation.Get(_guest)) + (invocation.Get(_native) ? "?native=true" : "");
        DocumentPrinter.Print(invocation, await invocation.Client.GetAsync(path, cancellationToken));
        return ExitCode.Done;
    }
}
