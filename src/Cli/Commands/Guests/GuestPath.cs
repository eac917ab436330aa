using Anyvisor.Cli.Grammar;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary>Paths of one guest in the API.</summary>
internal static class GuestPath
{
    internal static string Of(string reference) => "/guests/" + AnyvisorClient.Segment(reference);

    /// <summary>The path of a command: asks for a plan alone with --dry-run, and to stand in line with --queue.</summary>
    internal static string Command(Invocation invocation, string path) =>
        (invocation.DryRun, invocation.Queue) switch
        {
            (true, _) => path + "?dryRun=true",
            (_, true) => path + "?queue=true",
            _ => path,
        };
}
