using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest delete REF</c>.</summary>
internal sealed class GuestDeleteCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();

    internal GuestDeleteCommand()
        : base("delete", "Delete a guest and its disks") => Add(_guest);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var answer = await invocation.Client.SendAsync(HttpMethod.Delete, GuestPath.Command(invocation, GuestPath.Of(guest)), cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {guest} is deleted.", cancellationToken);
    }
}
