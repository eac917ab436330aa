using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest move REF --to PROVIDER [--plan]</c>.</summary>
internal sealed class GuestMoveCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<string> _to = new("--to") { Description = "The provider to go to", HelpName = "PROVIDER", Required = true };
    private readonly Option<bool> _plan = new("--plan") { Description = "Print what would be done and what stands in the way; the same as --dry-run" };

    internal GuestMoveCommand()
        : base("move", "Take a guest to another provider or hypervisor, its disks converted")
    {
        Add(_guest);
        Add(_to);
        Add(_plan);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var path = $"{GuestPath.Of(guest)}:move{(invocation.DryRun || invocation.Get(_plan) ? "?dryRun=true" : "")}";
        var body = JsonElement.Parse(new JsonObject { ["to"] = invocation.Get(_to) }.ToJsonString());
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, path, body, ModelJson.Default.JsonElement, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {guest} is at {invocation.Get(_to)}.", cancellationToken);
    }
}
