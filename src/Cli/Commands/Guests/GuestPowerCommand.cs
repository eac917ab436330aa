using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary>A verb on a guest that takes nothing else: <c>guest start REF</c> and its like.</summary>
internal sealed class GuestPowerCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly string _done;

    internal GuestPowerCommand(string verb, string description, string done)
        : base(verb, description)
    {
        _done = done;
        Add(_guest);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var path = CommandPath.Of(invocation, $"{GuestPath.Of(guest)}:{Name}");
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, path, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {guest} is {_done}.", cancellationToken);
    }
}
