using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest delete REF</c>.</summary>
internal sealed class GuestDeleteCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<bool> _keepDisks = new("--keep-disks") { Description = "Leave its disks where they are" };

    internal GuestDeleteCommand()
        : base("delete", "Delete a guest and its disks")
    {
        Add(_guest);
        Add(_keepDisks);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var path = CommandPath.Of(invocation, GuestPath.Of(guest));
        if (invocation.Get(_keepDisks))
            path += (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "keepDisks=true";
        var answer = await invocation.Client.SendAsync(HttpMethod.Delete, path, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {guest} is deleted.", cancellationToken);
    }
}
