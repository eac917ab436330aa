using System.CommandLine;

namespace Anyvisor.Cli.Grammar;

/// <summary>Flags that every command takes.</summary>
internal sealed class GlobalOptions
{
    internal Option<string> Output { get; } =
        new Option<string>("--output", "-o")
        {
            Description = "How to print the answer",
            HelpName = "table|wide|json|yaml|name",
            Recursive = true,
            DefaultValueFactory = static _ => "table",
        }.AcceptOnlyFromAmong("table", "wide", "json", "yaml", "name");

    internal Option<string?> Server { get; } =
        new("--server")
        {
            Description = "The server's URL [ANYVISOR_SERVER; else the one of the data directory ANYVISOR_DATA]",
            HelpName = "URL",
            Recursive = true,
        };

    internal Option<string?> Token { get; } =
        new("--token")
        {
            Description = "The API token; other users of this machine can see it here, so prefer ANYVISOR_TOKEN",
            HelpName = "TOKEN",
            Recursive = true,
        };

    internal Option<bool> Wait { get; } =
        new("--wait") { Description = "Wait until the task has ended (the default)", Recursive = true };

    internal Option<bool> NoWait { get; } =
        new("--no-wait") { Description = "Print the task and leave it to the server", Recursive = true };

    internal Option<Duration?> Timeout { get; } =
        new("--timeout")
        {
            Description = "Stop waiting after so long (30s, 5m, 1h); the task goes on",
            HelpName = "TIME",
            Recursive = true,
            CustomParser = Durations.Parse,
        };

    internal Option<bool> DryRun { get; } =
        new("--dry-run") { Description = "Print what would be done, and do nothing", Recursive = true };

    internal Option<bool> Queue { get; } =
        new("--queue") { Description = "Wait behind a task that is in the way, rather than being refused", Recursive = true };

    internal Option<bool> Quiet { get; } =
        new("--quiet", "-q") { Description = "No progress and no remarks", Recursive = true };

    internal IEnumerable<Option> All => [Output, Server, Token, Wait, NoWait, Timeout, DryRun, Queue, Quiet];
}
