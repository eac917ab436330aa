using Anyvisor.Cli.Grammar;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary>Paths of one guest in the API.</summary>
internal static class GuestPath
{
    internal static string Of(string reference) => "/guests/" + AnyvisorClient.Segment(reference);

    /// <summary>The path of a command: asks for a plan alone with --dry-run.</summary>
    internal static string Command(Invocation invocation, string path) => invocation.DryRun ? path + "?dryRun=true" : path;
}
