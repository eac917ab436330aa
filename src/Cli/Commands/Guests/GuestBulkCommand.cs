using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest bulk VERB (--filter F | REF...)</c>.</summary>
internal sealed class GuestBulkCommand : CliCommand
{
    private static readonly string[] Verbs = ["start", "stop", "shutdown", "reboot", "reset", "pause", "resume", "suspend", "delete"];

    private readonly Argument<string> _verb = new Argument<string>("VERB") { Description = string.Join(", ", Verbs) }.AcceptOnlyFromAmong(Verbs);
    private readonly Argument<string[]> _guests = new("REF") { Description = "The guests' ids", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _filter = new("--filter", "-f") { Description = "Every guest that matches", HelpName = "FILTER" };

    internal GuestBulkCommand()
        : base("bulk", "Do the same to many guests: one task with an outcome for each")
    {
        Add(_verb);
        Add(_guests);
        Add(_filter);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var verb = invocation.Get(_verb);
        if (string.IsNullOrEmpty(invocation.Get(_filter)) == (invocation.Get(_guests).Length == 0))
            throw CliException.Usage("Name the guests, or choose them with --filter: one of the two.");
        var action = new BulkAction
        {
            Action = Enum.Parse<Verb>(verb, ignoreCase: true),
            Filter = invocation.Get(_filter),
            Ids = [.. invocation.Get(_guests)],
        };
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, CommandPath.Of(invocation, "/guests:bulk"), action, ModelJson.Default.BulkAction, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Done: {verb}.", cancellationToken);
    }
}
