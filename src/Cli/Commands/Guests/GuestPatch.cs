using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary>Sends changes to a guest.</summary>
internal static class GuestPatch
{
    internal static async Task<int> SendAsync(Invocation invocation, string guest, PatchGuest patch, string done, CancellationToken cancellationToken)
    {
        var path = CommandPath.Of(invocation, GuestPath.Of(guest));
        var answer = await invocation.Client.SendAsync(HttpMethod.Patch, path, patch, ModelJson.Default.PatchGuest, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, done, cancellationToken);
    }
}
