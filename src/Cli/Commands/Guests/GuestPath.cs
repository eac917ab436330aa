using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary>Paths of one guest in the API.</summary>
internal static class GuestPath
{
    internal static string Of(string reference) => "/guests/" + AnyvisorClient.Segment(reference);
}
