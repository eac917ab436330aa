using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Json;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.Authorization;

namespace Anyvisor.Server.Tokens;

/// <summary><c>/session</c>: how a browser trades a token for a cookie that no script can read.</summary>
internal static class SessionRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/session", ReadAsync)
            .Demand(Role.Viewer)
            .Describe("getSession", "Access", "Who I am")
            .Answers<Session>();
        api.MapPost("/session", OpenAsync)
            .WithMetadata(new AllowAnonymousAttribute())
            .Describe("openSession", "Access", "Sign in", "Takes a token and sets the session's cookie, for browsers. Other clients send the token itself.")
            .TakesBody<SignIn>()
            .Answers<Session>();
        api.MapDelete("/session", CloseAsync)
            .Demand(Role.Viewer)
            .Describe("closeSession", "Access", "Sign out")
            .AnswersNothing();
    }

    private static Task ReadAsync(HttpContext http, CancellationToken _)
    {
        var caller = http.Caller();
        return JsonAnswer.OkAsync(http, new Session(caller.Name, caller.Role), ModelJson.Default.Session);
    }

    private static async Task OpenAsync(HttpContext http, SignIns signIns, Sessions sessions)
    {
        // A stranger's page could sign a browser in as somebody else, to watch what is then typed.
        SameSite.RequireOurs(http.Request);
        var request = await JsonBody.ReadAsync<SignIn>(http.Request);
        var token = signIns.Verify(http, request.Token.Trim());
        await sessions.OpenAsync(http, token);
        await JsonAnswer.OkAsync(http, new Session(token.Name, token.Role), ModelJson.Default.Session);
    }

    private static async Task CloseAsync(HttpContext http, Sessions sessions)
    {
        await sessions.CloseAsync(http);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
