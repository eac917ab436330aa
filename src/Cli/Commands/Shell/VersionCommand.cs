using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Shell;

/// <summary><c>version</c>: ours, and the server's where one answers.</summary>
internal sealed class VersionCommand : CliCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    internal VersionCommand()
        : base("version", "Print the version of this tool and of the server") { }

    private static string Own =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var server = await ServerAsync(invocation, cancellationToken);
        if (invocation.Format is OutputFormat.Json or OutputFormat.Yaml)
        {
            var both = new JsonObject { ["client"] = Own, ["server"] = server.Length == 0 ? null : server };
            DocumentPrinter.Print(invocation, JsonElement.Parse(both.ToJsonString()));
            return ExitCode.Done;
        }
        await invocation.Out.WriteLineAsync($"anyvisor {Own}");
        if (server.Length > 0)
            await invocation.Out.WriteLineAsync($"server {server} at {invocation.Client.Server}");
        return ExitCode.Done;
    }

    private static async Task<string> ServerAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, invocation.Surroundings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return (await invocation.Client.GetAsync("", either.Token)).Text("version");
        }
        catch (Exception error) when (error is ApiException || (error is OperationCanceledException && patience.IsCancellationRequested))
        {
            // No server is no failure here: the question was which version this is.
            return "";
        }
    }
}
