using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Server.Security;

/// <summary>
/// Browser sessions. A session only stands for the token that opened it: the token's role, end or removal holds for
/// it at the next request. In memory, by a hash: nothing here can be used to sign in. Safe for any thread.
/// </summary>
internal sealed class Sessions(TokenStore tokens, TimeProvider time)
{
    internal const string CookieName = "anyvisor-session";
    private const int MostSessions = 10_000;
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    private sealed record Session(string Token, DateTime TokenMade, DateTimeOffset Ends);

    /// <summary>Opens a session and gives the browser its cookie, which no script can read.</summary>
    internal void Open(HttpContext http, ApiToken token)
    {
        Sweep();
        if (_sessions.Count >= MostSessions)
            throw ProblemFactory.CapacityExceeded($"There are {MostSessions} open sessions already: sign out of some, or wait until they end.");
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var ends = time.GetUtcNow() + Life;
        _sessions[Hash(secret)] = new Session(token.Name, token.CreatedAt, ends);
        http.Response.Cookies.Append(CookieName, secret, Cookie(http, ends));
    }

    internal ApiToken? Find(string secret)
    {
        if (!_sessions.TryGetValue(Hash(secret), out var session) || session.Ends <= time.GetUtcNow())
            return null;
        // A token that was removed and made again under its old name is another token.
        return tokens.Find(session.Token) is { } token && token.CreatedAt == session.TokenMade ? token : null;
    }

    internal void Close(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is { } secret)
            _sessions.TryRemove(Hash(secret), out _);
        http.Response.Cookies.Delete(CookieName, Cookie(http, null));
    }

    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var (key, session) in _sessions)
            if (session.Ends <= now)
                _sessions.TryRemove(key, out _);
    }

    private static CookieOptions Cookie(HttpContext http, DateTimeOffset? ends) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = "/",
            Expires = ends,
            IsEssential = true,
        };

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
