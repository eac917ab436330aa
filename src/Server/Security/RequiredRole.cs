using Anyvisor.Model;
using Microsoft.AspNetCore.Authorization;

namespace Anyvisor.Server.Security;

/// <summary>The least role that a route demands: read by the authorization, the OpenAPI document and the tests.</summary>
internal sealed record RequiredRole(Role Role) : IAuthorizationRequirement, IAuthorizationRequirementData
{
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

/// <summary>Each role includes the ones before it.</summary>
internal sealed class RequiredRoleHandler : AuthorizationHandler<RequiredRole>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequiredRole requirement)
    {
        if (context.User.Identity is SignedIn signedIn && signedIn.Caller.Role >= requirement.Role)
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

internal static class RequiredRoleExtensions
{
    internal static TBuilder Demand<TBuilder>(this TBuilder route, Role role)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RequiredRole(role));
}
