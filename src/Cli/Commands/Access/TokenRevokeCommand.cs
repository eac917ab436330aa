using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Access;

/// <summary><c>token revoke NAME</c>.</summary>
internal sealed class TokenRevokeCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The token's name" };

    internal TokenRevokeCommand()
        : base("revoke", "Make a key worthless from this moment") => Add(_name);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var name = invocation.Get(_name);
        var answer = await invocation.Client.SendAsync(HttpMethod.Delete, CommandPath.Of(invocation, "/tokens/" + AnyvisorClient.Segment(name)), cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Token {name} is revoked.", cancellationToken);
    }
}
