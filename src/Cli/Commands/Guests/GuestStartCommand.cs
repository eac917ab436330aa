using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest start REF [--set key=value ...]</c>.</summary>
internal sealed class GuestStartCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<string[]> _set = new("--set") { Description = "How to start it, where the driver has a choice ('driver show KIND' lists them); may be repeated", HelpName = "KEY=VALUE" };

    internal GuestStartCommand()
        : base("start", "Power on")
    {
        Add(_guest);
        Add(_set);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var path = CommandPath.Of(invocation, GuestPath.Of(guest) + ":start");
        var start = new StartGuest { Settings = Pairs.Parse(invocation.Get(_set), "--set") };
        var answer = start.Settings.IsEmpty
            ? await invocation.Client.SendAsync(HttpMethod.Post, path, cancellationToken)
            : await invocation.Client.SendAsync(HttpMethod.Post, path, start, ModelJson.Default.StartGuest, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {guest} is started.", cancellationToken);
    }
}
