using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Cli.Work;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Access;

/// <summary><c>token create NAME --role ROLE</c>: prints the key, this one time.</summary>
internal sealed class TokenCreateCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "Whose it is, or what for" };
    private readonly Option<string> _role = new Option<string>("--role") { Description = "What it may do", HelpName = "viewer|operator|admin", Required = true }.AcceptOnlyFromAmong("viewer", "operator", "admin");
    private readonly Option<Duration?> _expires = new("--expires-in") { Description = "How long it works (12h, 480h); for ever without it", HelpName = "TIME", CustomParser = Durations.Parse };

    internal TokenCreateCommand()
        : base("create", "Make a key to the API; it is shown once")
    {
        Add(_name);
        Add(_role);
        Add(_expires);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["name"] = invocation.Get(_name), ["role"] = invocation.Get(_role) };
        if (invocation.Get(_expires) is { } lifetime)
            request["expiresAt"] = (invocation.Surroundings.Time.GetUtcNow() + lifetime.Value).UtcDateTime;
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, invocation.DryRun ? "/tokens?dryRun=true" : "/tokens", JsonElement.Parse(request.ToJsonString()), ModelJson.Default.JsonElement, cancellationToken);
        if (invocation.DryRun)
            return await TaskFollower.FinishAsync(invocation, answer, $"Token {invocation.Get(_name)} could be made.", cancellationToken);
        if (invocation.Format is OutputFormat.Table or OutputFormat.Wide)
        {
            invocation.Remark($"Token {invocation.Get(_name)} is made. Keep its key: nobody can show it again.");
            await invocation.Out.WriteLineAsync(answer.Json.Text("secret"));
        }
        else
        {
            DocumentPrinter.Print(invocation, answer.Json);
        }
        return ExitCode.Done;
    }
}
