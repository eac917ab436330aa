using System.Security.Claims;
using Anyvisor.Core.Access;
using Anyvisor.Model;

namespace Anyvisor.Server.Security;

/// <summary>The identity of a request: the token that it came with, or the one that opened its browser session.</summary>
internal sealed class SignedIn(Caller caller, bool byCookie) : ClaimsIdentity("anyvisor")
{
    public Caller Caller { get; } = caller;

    /// <summary>A browser sends its cookie by itself, even for a stranger's page.</summary>
    public bool ByCookie { get; } = byCookie;
    public override string Name => Caller.Name;

    internal static SignedIn From(HttpContext http, ApiToken token, bool byCookie) =>
        new(new Caller(token.Name, token.Role, Address(http)), byCookie);

    internal static SignedIn? Find(HttpContext http) => http.User.Identity as SignedIn;

    internal static string? Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString();
}

internal static class SignedInExtensions
{
    /// <summary>Who asks. Only for routes that demand a role.</summary>
    internal static Caller Caller(this HttpContext http) =>
        SignedIn.Find(http)?.Caller
        ?? throw new InvalidOperationException($"{http.Request.Path} is reached without sign-in: its route demands no role.");
}
