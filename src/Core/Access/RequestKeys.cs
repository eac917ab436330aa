using System.Data.Common;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Dapper;

namespace Anyvisor.Core.Access;

/// <summary>
/// The idempotency keys of requests that are done when they are answered and leave no task. They and the tasks' keys
/// are one space: a key stands for one request. Safe for many threads.
/// </summary>
public sealed class RequestKeys(Database database, TimeProvider time)
{
    private const int Longest = 200;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>What the caller's request of this key made; null for a new key, or none.</summary>
    /// <param name="actor">The caller's name.</param>
    /// <param name="key">As sent.</param>
    /// <param name="request">What tells two requests apart; holds no secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">The key was used for another request.</exception>
    public async Task<string?> FindAsync(string actor, string? key, string request, CancellationToken cancellationToken) =>
        key is null ? null : await database.Ledger.ReadAsync(connection => Find(connection, actor, key, request), cancellationToken).ConfigureAwait(false);

    /// <summary>Remembers what the request made.</summary>
    public Task KeepAsync(string actor, string? key, string request, string made, CancellationToken cancellationToken) =>
        key is null ? Task.CompletedTask : database.Ledger.WriteAsync(connection => Keep(connection, actor, key, request, made), cancellationToken);

    internal static string? Find(DbConnection connection, string actor, string key, string request)
    {
        var row = connection.QuerySingleOrDefault<Row>(
            "SELECT fingerprint, made FROM request_key WHERE actor = @actor AND idempotency_key = @key",
            new { actor, key }
        );
        var used = row is null ? connection.ExecuteScalar<string?>("SELECT id FROM task WHERE actor = @actor AND idempotency_key = @key", new { actor, key }) : null;
        if (used is not null || row is not null && row.Fingerprint != request)
            throw Taken(key, used is null ? row!.Made : $"task {used}");
        return row?.Made;
    }

    internal void Keep(DbConnection connection, string actor, string key, string request, string made)
    {
        var now = time.GetUtcNow().UtcDateTime;
        connection.Execute("DELETE FROM request_key WHERE at < @before", new { before = StoreTime.ToStore(now - Kept) });
        connection.Execute(
            "INSERT INTO request_key (actor, idempotency_key, fingerprint, made, at) VALUES (@actor, @key, @request, @made, @at) ON CONFLICT (actor, idempotency_key) DO NOTHING",
            new { actor, key, request, made, at = StoreTime.ToStore(now) }
        );
    }

    /// <summary>What another request than a task was given for this key; null when none was.</summary>
    internal static string? Holder(DbConnection connection, string actor, string key) =>
        connection.ExecuteScalar<string?>("SELECT made FROM request_key WHERE actor = @actor AND idempotency_key = @key", new { actor, key });

    /// <exception cref="CommandException">It is none.</exception>
    public static string Valid(string key) =>
        key.Length is > 0 and <= Longest && !key.Any(char.IsControl)
            ? key
            : throw ProblemFactory.Invalid($"An idempotency key has 1 to {Longest} characters and no control characters.");

    internal static CommandException Taken(string key, string by) =>
        ProblemFactory.Conflict($"The idempotency key '{key}' was used for another request: {by}. Use a new key.");

    private sealed record Row
    {
        public string Fingerprint { get; init; } = "";
        public string Made { get; init; } = "";
    }
}
