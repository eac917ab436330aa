using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Anyvisor.Model;
using Dapper;

namespace Anyvisor.Core.Access;

/// <summary>
/// Browser sessions. A session only stands for the token that opened it: the token's role, end or removal holds for it
/// at the next request. Kept by hash, so nothing that is stored can be used to sign in. Safe for many threads.
/// </summary>
/// <remarks>
/// While the process runs, a session's end is measured by the monotonic clock: setting the clock ends none and prolongs
/// none. Over a restart only the wall clock is left; what remains is then taken from it, and never more than a whole life.
/// </remarks>
public sealed class SessionStore
{
    /// <summary>How long a session lives.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);
    private const int MostSessions = 10_000;
    private readonly Database _database;
    private readonly TokenStore _tokens;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    private SessionStore(Database database, TokenStore tokens, TimeProvider time) => (_database, _tokens, _time) = (database, tokens, time);

    private sealed record Session(string Token, DateTime TokenMade, long Began, TimeSpan Rest);

    /// <summary>Takes on the sessions that the process before left, and forgets those that have ended.</summary>
    public static async Task<SessionStore> OpenAsync(Database database, TokenStore tokens, TimeProvider time, CancellationToken cancellationToken)
    {
        var store = new SessionStore(database, tokens, time);
        var rows = await database
            .Ledger.ReadAsync(
                connection => connection.Query<Row>("SELECT hash, token, token_made AS TokenMade, ends_at AS EndsAt FROM session").ToImmutableArray(),
                cancellationToken
            )
            .ConfigureAwait(false);
        var (now, stamp) = (time.GetUtcNow().UtcDateTime, time.GetTimestamp());
        foreach (var row in rows)
        {
            var rest = StoreTime.FromStore(row.EndsAt) - now;
            store._sessions[Key(row.Hash)] = new Session(row.Token, StoreTime.FromStore(row.TokenMade), stamp, rest < Life ? rest : Life);
        }
        await store.SweepAsync(cancellationToken).ConfigureAwait(false);
        return store;
    }

    /// <summary>Opens a session; when this returns it outlives the process.</summary>
    /// <returns>What the browser keeps, and until when.</returns>
    /// <exception cref="CommandException">There are too many.</exception>
    public async Task<(string Secret, DateTimeOffset Ends)> OpenAsync(ApiToken token, CancellationToken cancellationToken)
    {
        await SweepAsync(cancellationToken).ConfigureAwait(false);
        if (_sessions.Count >= MostSessions)
            throw ProblemFactory.CapacityExceeded($"There are {MostSessions} open sessions already: sign out of some, or wait until they end.");
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var hash = Hash(secret);
        var ends = _time.GetUtcNow() + Life;
        await _database
            .Ledger.WriteAsync(
                connection =>
                    connection.Execute(
                        "INSERT INTO session (hash, token, token_made, ends_at) VALUES (@hash, @Name, @made, @ends)",
                        new { hash, token.Name, made = StoreTime.ToStore(token.CreatedAt), ends = StoreTime.ToStore(ends.UtcDateTime) }
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        _sessions[Key(hash)] = new Session(token.Name, StoreTime.FromStore(StoreTime.ToStore(token.CreatedAt)), _time.GetTimestamp(), Life);
        return (secret, ends);
    }

    /// <summary>The token that the session stands for; null when it has ended, or its token has.</summary>
    public ApiToken? Find(string secret) => _sessions.TryGetValue(Key(Hash(secret)), out var session) ? TokenOf(session) : null;

    /// <summary>Ends a session; one that is not there has ended.</summary>
    /// <exception cref="StoreException">It can't be written down, so the session is still open.</exception>
    public async Task CloseAsync(string secret)
    {
        var hash = Hash(secret);
        if (!_sessions.ContainsKey(Key(hash)))
            return;
        // What is stored goes first, whoever has hung up: one that ended in memory alone would be back after a restart.
        await ForgetAsync([hash], CancellationToken.None).ConfigureAwait(false);
        _sessions.TryRemove(Key(hash), out _);
    }

    private ApiToken? TokenOf(Session session)
    {
        if (_time.GetElapsedTime(session.Began) >= session.Rest)
            return null;
        // A token that was removed and made again under its old name is another token.
        return _tokens.Find(session.Token) is { } token && StoreTime.ToStore(token.CreatedAt) == StoreTime.ToStore(session.TokenMade) ? token : null;
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var ended = _sessions.Where(entry => TokenOf(entry.Value) is null).Select(entry => entry.Key).ToImmutableArray();
        if (!ended.IsEmpty)
            await ForgetAsync([.. ended.Select(Convert.FromHexString)], cancellationToken).ConfigureAwait(false);
        foreach (var key in ended)
            _sessions.TryRemove(key, out _);
    }

    private Task ForgetAsync(ImmutableArray<byte[]> hashes, CancellationToken cancellationToken) =>
        _database.Ledger.WriteAsync(
            connection =>
            {
                foreach (var hash in hashes)
                    connection.Execute("DELETE FROM session WHERE hash = @hash", new { hash });
            },
            cancellationToken
        );

    private static string Key(byte[] hash) => Convert.ToHexStringLower(hash);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private sealed record Row
    {
        public byte[] Hash { get; init; } = [];
        public string Token { get; init; } = "";
        public long TokenMade { get; init; }
        public long EndsAt { get; init; }
    }
}
