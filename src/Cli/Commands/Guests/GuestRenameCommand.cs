using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Model;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest rename REF NEW</c>.</summary>
internal sealed class GuestRenameCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Argument<string> _name = new("NEW") { Description = "Its new name" };

    internal GuestRenameCommand()
        : base("rename", "Give a guest another name")
    {
        Add(_guest);
        Add(_name);
    }

    internal override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (guest, name) = (invocation.Get(_guest), invocation.Get(_name));
        return GuestPatch.SendAsync(invocation, guest, new PatchGuest { Name = name }, $"Guest {guest} is now {name}.", cancellationToken);
    }
}
