using System.Net;
using Anyvisor.Model;
using Microsoft.AspNetCore.Authorization;

namespace Anyvisor.Server.Security;

/// <summary>
/// Whoever is on this machine may read it without a token, others need the role. A proxy in front speaks for
/// strangers, and a page that resolves its own name to us is a stranger too: neither counts as this machine.
/// </summary>
internal sealed record LocalOr(Role Role) : IAuthorizationRequirement
{
    internal static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For")
        && !http.Request.Headers.ContainsKey("Forwarded")
        && (http.Request.Host.Host == "localhost" || IPAddress.TryParse(http.Request.Host.Host.AsSpan().Trim("[]"), out _));
}

internal sealed class LocalOrHandler : AuthorizationHandler<LocalOr>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, LocalOr requirement)
    {
        var role = (context.User.Identity as SignedIn)?.Caller.Role;
        if (role >= requirement.Role || context.Resource is HttpContext http && LocalOr.IsLocal(http))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
