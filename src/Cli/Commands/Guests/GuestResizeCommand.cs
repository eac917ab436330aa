using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Model;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest resize REF --cpus N --memory M</c>.</summary>
internal sealed class GuestResizeCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<Number?> _cpus = new("--cpus") { Description = "Virtual processors", HelpName = "N", CustomParser = Counts.ParseSmall };
    private readonly Option<Number?> _memory = new("--memory") { Description = $"Memory: {ByteSizes.Help}", HelpName = "SIZE", CustomParser = ByteSizes.Parse };

    internal GuestResizeCommand()
        : base("resize", "Give a guest more or less")
    {
        Add(_guest);
        Add(_cpus);
        Add(_memory);
        Validators.Add(result =>
        {
            if (result.GetResult(_cpus) is null && result.GetResult(_memory) is null)
                result.AddError("Say what to change: --cpus, --memory or both.");
        });
    }

    internal override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var patch = new PatchGuest { Vcpus = (int?)invocation.Get(_cpus)?.Value, Memory = invocation.Get(_memory)?.Value };
        return GuestPatch.SendAsync(invocation, guest, patch, $"Guest {guest} is resized.", cancellationToken);
    }
}
