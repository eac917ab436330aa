using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest clone REF NEW</c>.</summary>
internal sealed class GuestCloneCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Argument<string> _name = new("NEW") { Description = "The new guest's name" };
    private readonly Option<bool> _full = new("--full") { Description = "Copy the disks, rather than lay new ones over them where the system can" };
    private readonly Option<bool> _start = new("--start") { Description = "Start it once it is made" };

    internal GuestCloneCommand()
        : base("clone", "Make another guest like this one")
    {
        Add(_guest);
        Add(_name);
        Add(_full);
        Add(_start);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (guest, name) = (invocation.Get(_guest), invocation.Get(_name));
        var clone = new CloneGuest(name, invocation.Get(_full) ? false : null, invocation.Get(_start));
        var path = CommandPath.Of(invocation, GuestPath.Of(guest) + ":clone");
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, path, clone, ModelJson.Default.CloneGuest, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {name} is made from {guest}.", cancellationToken);
    }
}
