using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Data.Common;
using System.Security.Cryptography;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Access;

/// <summary>
/// Named keys to the API. All of them are held in memory by hash, so signing in costs no read, and a key that is taken
/// away works no more from that moment. Safe for many threads.
/// </summary>
public sealed partial class TokenStore : IAsyncDisposable
{
    private const string Admin = "admin";
    private const int MaxName = 64;
    private static readonly TimeSpan LastUsedGrain = TimeSpan.FromMinutes(10);
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, DateTime> _used = new(StringComparer.Ordinal);
    private readonly Task _lastUsed;
    private ImmutableArray<StoredToken> _tokens;

    private TokenStore(Database database, TimeProvider time, ILogger log, ImmutableArray<StoredToken> tokens)
    {
        _database = database;
        _time = time;
        _log = log;
        _tokens = tokens;
        _lastUsed = KeepLastUsedAsync(_stopping.Token);
    }

    /// <summary>The administrator's key where this start made it, to be printed once; else null.</summary>
    public string? NewAdminSecret { get; private init; }

    /// <summary>Loads the tokens; makes the administrator's where there is none that works, and leaves it in <c>DIR/admin.token</c>.</summary>
    public static async Task<TokenStore> OpenAsync(Database database, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var log = loggers.CreateLogger<TokenStore>();
        var tokens = await database.Ledger.ReadAsync(TokenRows.All, cancellationToken).ConfigureAwait(false);
        if (!AdminTokenFile.AsksForNew(database.Directory) && tokens.Any(t => t.Token.Role == Role.Admin && !t.ExpiredAt(time.GetUtcNow())))
            return new TokenStore(database, time, log, tokens);

        var secret = TokenSecret.Create();
        // The file first: a row without its file would lock everybody out.
        AdminTokenFile.Write(database.Directory, secret);
        var admin = new StoredToken(Named(Admin, Role.Admin, null, time), TokenSecret.Hash(secret)!);
        await database.Ledger.WriteAsync(connection => TokenRows.Replace(connection, admin), cancellationToken).ConfigureAwait(false);
        return new TokenStore(database, time, log, [.. tokens.Where(t => t.Token.Name != Admin), admin]) { NewAdminSecret = secret };
    }

    /// <summary>Whose key it is; null when it is nobody's, or is past its time.</summary>
    public ApiToken? Authenticate(string? presented)
    {
        if (TokenSecret.Hash(presented) is not { } hash)
            return null;
        // All are compared, in constant time each: how long it takes tells nothing about what matched.
        StoredToken? found = null;
        foreach (var candidate in _tokens)
            if (CryptographicOperations.FixedTimeEquals(candidate.Hash, hash))
                found = candidate;
        var now = _time.GetUtcNow();
        if (found is null || found.ExpiredAt(now))
            return null;
        _used[found.Token.Name] = now.UtcDateTime;
        return found.Token;
    }

    /// <summary>The token of that name while it works: what it opened ends with it.</summary>
    public ApiToken? Find(string name) =>
        _tokens.FirstOrDefault(t => t.Token.Name == name) is { } token && !token.ExpiredAt(_time.GetUtcNow()) ? token.Token : null;

    public ImmutableArray<ApiToken> List() =>
        [.. _tokens.Select(t => _used.TryGetValue(t.Token.Name, out var used) ? t.Token with { LastUsedAt = used } : t.Token).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>Makes a key; its secret is in the answer and nowhere else.</summary>
    /// <param name="name">1 to 64 of letters, digits, <c>. _ -</c>.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="expiresAt">UTC; null for never.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">The name is taken or malformed, or the time is past.</exception>
    public Task<NewApiToken> CreateAsync(string name, Role role, DateTime? expiresAt, CancellationToken cancellationToken) =>
        CreateAsync(name, role, expiresAt, static _ => { }, cancellationToken);

    /// <summary>Makes a key, and with it, in the same transaction of the ledger, what <paramref name="beside"/> writes.</summary>
    /// <inheritdoc cref="CreateAsync(string, Role, DateTime?, CancellationToken)"/>
    internal async Task<NewApiToken> CreateAsync(string name, Role role, DateTime? expiresAt, Action<DbConnection> beside, CancellationToken cancellationToken)
    {
        RequireMakeable(name, expiresAt);
        var secret = TokenSecret.Create();
        var token = new StoredToken(Named(name, role, expiresAt, _time), TokenSecret.Hash(secret)!);
        var added = await _database
            .Ledger.WriteAsync(
                connection =>
                {
                    if (!TokenRows.Add(connection, token))
                        return false;
                    beside(connection);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (!added)
            throw Exists(name);
        ImmutableInterlocked.Update(ref _tokens, tokens => tokens.Add(token));
        return new NewApiToken(token.Token, secret);
    }

    /// <summary>What <see cref="CreateAsync(string, Role, DateTime?, CancellationToken)"/> would refuse.</summary>
    /// <exception cref="CommandException">The name is taken or malformed, or the time is past.</exception>
    public void RequireMakeable(string name, DateTime? expiresAt)
    {
        if (name is not { Length: > 0 and <= MaxName } || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            throw ProblemFactory.Invalid($"A token's name has 1 to {MaxName} letters, digits, '.', '_' or '-'.");
        if (expiresAt is { } at && at <= _time.GetUtcNow().UtcDateTime)
            throw ProblemFactory.Invalid($"expiresAt {at:O} is past already.");
        if (Has(name))
            throw Exists(name);
    }

    /// <summary>Whether there is one of that name, past its time or not.</summary>
    public bool Has(string name) => _tokens.Any(t => t.Token.Name == name);

    /// <exception cref="CommandException">There is none of that name, or it is the last administrator's.</exception>
    public void RequireRemovable(string name)
    {
        if (!Has(name))
            throw ProblemFactory.NotFound("token", name, NearestNames.To(name, _tokens.Select(t => t.Token.Name)));
        if (_tokens.Where(t => t.Token.Role == Role.Admin).Select(t => t.Token.Name).SequenceEqual([name]))
            throw LastAdmin(name);
    }

    /// <summary>Takes a key away, from this moment.</summary>
    /// <exception cref="CommandException">There is none of that name, or it is the last administrator's.</exception>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var outcome = await _database.Ledger.WriteAsync(connection => TokenRows.Remove(connection, name), cancellationToken).ConfigureAwait(false);
        switch (outcome)
        {
            case TokenRemoval.Unknown:
                throw ProblemFactory.NotFound("token", name);
            case TokenRemoval.LastAdmin:
                throw LastAdmin(name);
            default:
                ImmutableInterlocked.Update(ref _tokens, tokens => tokens.RemoveAll(t => t.Token.Name == name));
                _used.TryRemove(name, out _);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _lastUsed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    // Coarse on purpose: a write for each request would cost more than it tells.
    private async Task KeepLastUsedAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LastUsedGrain, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var used = _used.ToArray();
            if (used.Length == 0)
                continue;
            try
            {
                await _database.Ledger.WriteAsync(connection => TokenRows.Touch(connection, used), cancellationToken).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                LogLastUsedLost(_log, e);
            }
        }
    }

    private static CommandException Exists(string name) =>
        ProblemFactory.Conflict($"There is a token '{name}' already: remove it first, or choose another name.");

    private static CommandException LastAdmin(string name) => ProblemFactory.Conflict($"'{name}' is the last administrator's token: make another one first.");

    private static ApiToken Named(string name, Role role, DateTime? expiresAt, TimeProvider time) =>
        new()
        {
            Name = name,
            Role = role,
            CreatedAt = time.GetUtcNow().UtcDateTime,
            ExpiresAt = expiresAt,
        };
}
