using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest migrate REF --host H [--live]</c>.</summary>
internal sealed class GuestMigrateCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<string> _host = new("--host") { Description = "The host to go to", HelpName = "HOST", Required = true };
    private readonly Option<bool> _live = new("--live") { Description = "Without stopping the guest" };
    private readonly Option<bool> _storage = new("--with-storage") { Description = "Copy disks that the other host can't reach" };

    internal GuestMigrateCommand()
        : base("migrate", "Take a guest to another host of the same hypervisor")
    {
        Add(_guest);
        Add(_host);
        Add(_live);
        Add(_storage);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var migrate = new MigrateGuest(invocation.Get(_host)!, invocation.Get(_live), invocation.Get(_storage));
        var path = CommandPath.Of(invocation, GuestPath.Of(guest) + ":migrate");
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, path, migrate, ModelJson.Default.MigrateGuest, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {guest} is on {migrate.Host}.", cancellationToken);
    }
}
