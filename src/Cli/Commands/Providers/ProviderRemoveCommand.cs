using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary><c>provider remove NAME</c>.</summary>
internal sealed class ProviderRemoveCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The provider's name" };

    internal ProviderRemoveCommand()
        : base("remove", "Forget a provider and what it showed; nothing changes on its side") => Add(_name);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var name = invocation.Get(_name);
        var answer = await invocation.Client.SendAsync(HttpMethod.Delete, CommandPath.Of(invocation, "/providers/" + AnyvisorClient.Segment(name)), cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Provider {name} is removed.", cancellationToken);
    }
}
