using System.Security.Claims;
using System.Text.Encodings.Web;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Json;
using Anyvisor.Server.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Anyvisor.Server.Security;

/// <summary>Knows callers by <c>Authorization: Bearer</c>, and browsers by their session cookie.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    SignIns signIns,
    Sessions sessions,
    AuditTrail audit
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    internal const string SchemeName = "anyvisor";
    private const string Prefix = "Bearer ";
    private Problem? _refusal;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        // A token that is sent decides, even beside a cookie: a script that names its token means that one.
        if (Request.Headers.Authorization is [{ } header] && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                return Known(SignedIn.From(Context, signIns.Verify(Context, header[Prefix.Length..].Trim()), byCookie: false));
            }
            catch (CommandException error)
            {
                _refusal = error.Problem;
                return AuthenticateResult.Fail(error.Problem.Title);
            }
        }
        if (Request.Cookies[Sessions.CookieName] is not { Length: > 0 } cookie)
            return AuthenticateResult.NoResult();
        return sessions.Find(cookie) is { } token
            ? Known(SignedIn.From(Context, token, byCookie: true))
            : AuthenticateResult.Fail("the session has ended");
    }

    private AuthenticateResult Known(SignedIn identity) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var problem =
            _refusal
            ?? ProblemWriter.Make(
                ProblemTypes.AuthenticationFailed,
                "Sign-in needed",
                StatusCodes.Status401Unauthorized,
                Request.Cookies.ContainsKey(Sessions.CookieName)
                    ? "The session has ended. Sign in again."
                    : "Send a token as 'Authorization: Bearer TOKEN'. The administrator's is in admin.token in the server's data directory."
            );
        if (problem.Status == StatusCodes.Status429TooManyRequests)
            Response.Headers[HeaderNames.RetryAfter] = SignIns.RetryAfterSeconds;
        return ProblemWriter.WriteAsync(Context, problem);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var caller = Context.Caller();
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>()?.Role ?? Role.Admin;
        var detail =
            $"The token '{caller.Name}' has the role {EnumWords.Of(caller.Role)}; {Request.Method} {Request.Path} needs {EnumWords.Of(needed)}.";
        await audit.RefusedAsync(Context, detail);
        await ProblemWriter.WriteAsync(
            Context,
            ProblemWriter.Make(ProblemTypes.PermissionDenied, "Not permitted", StatusCodes.Status403Forbidden, detail)
        );
    }
}
