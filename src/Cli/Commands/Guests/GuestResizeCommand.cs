using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Model;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest resize REF --cpus N --memory M --entitlement U</c>.</summary>
internal sealed class GuestResizeCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<Number?> _cpus = new("--cpus") { Description = "Virtual processors", HelpName = "N", CustomParser = Counts.ParseSmall };
    private readonly Option<Number?> _memory = new("--memory") { Description = $"Memory: {ByteSizes.Help}", HelpName = "SIZE", CustomParser = ByteSizes.Parse };
    private readonly Option<decimal?> _entitlement = new("--entitlement") { Description = "Promised processing units, where the system has them (0.5 is half a core)", HelpName = "UNITS" };

    internal GuestResizeCommand()
        : base("resize", "Give a guest more or less")
    {
        Add(_guest);
        Add(_cpus);
        Add(_memory);
        Add(_entitlement);
        Validators.Add(result =>
        {
            if (result.GetResult(_cpus) is null && result.GetResult(_memory) is null && result.GetResult(_entitlement) is null)
                result.AddError("Say what to change: --cpus, --memory, --entitlement or several.");
        });
    }

    internal override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var patch = new PatchGuest { Vcpus = (int?)invocation.Get(_cpus)?.Value, Memory = invocation.Get(_memory)?.Value, Entitlement = invocation.Get(_entitlement) };
        return GuestPatch.SendAsync(invocation, guest, patch, $"Guest {guest} is resized.", cancellationToken);
    }
}
