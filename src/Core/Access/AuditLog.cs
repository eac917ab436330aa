using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Anyvisor.Model;
using Dapper;

namespace Anyvisor.Core.Access;

/// <summary>
/// Who asked for what, from where, and what became of it: append-only, ordered by number and not by clock. A mutation
/// is written here before it is begun: when that fails it is refused.
/// </summary>
public sealed class AuditLog(Database database, TimeProvider time)
{
    private const int MaxLimit = 1000;
    private const int MaxText = 2000;

    /// <summary>Writes the line; when this returns it is durable.</summary>
    /// <exception cref="StoreException">It is not written: what it is about must not be done.</exception>
    public Task<long> AppendAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        database.Ledger.WriteAsync(connection => Append(connection, entry), cancellationToken);

    /// <summary>Writes the line in a transaction of the ledger, together with what it is about.</summary>
    public long Append(DbConnection ledger, AuditEntry entry) =>
        ledger.ExecuteScalar<long>(
            """
            INSERT INTO audit (at, actor, action, target, source, outcome, task, detail)
            VALUES (@at, @Actor, @Action, @target, @From, @Outcome, @Task, @detail) RETURNING sequence
            """,
            new
            {
                at = StoreTime.ToStore(time.GetUtcNow().UtcDateTime),
                entry.Actor,
                entry.Action,
                target = Cut(entry.Target),
                entry.From,
                entry.Outcome,
                entry.Task,
                detail = Cut(entry.Detail),
            }
        );

    /// <summary>Newest first.</summary>
    /// <param name="limit">At most 1000.</param>
    /// <param name="cursor">From the page before, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<AuditRecord>> ListAsync(int limit, string? cursor, CancellationToken cancellationToken)
    {
        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw ProblemFactory.Invalid("The cursor is none of ours: leave it out to begin with the newest record.");
        limit = Math.Clamp(limit, 1, MaxLimit);
        return database.Ledger.ReadAsync(connection => List(connection, limit, before), cancellationToken);
    }

    private static Page<AuditRecord> List(DbConnection connection, int limit, long before)
    {
        var rows = connection
            .Query<Row>(
                "SELECT sequence, at, actor, action, target, source, outcome, task, detail FROM audit WHERE sequence < @before ORDER BY sequence DESC LIMIT @limit",
                new { before, limit }
            )
            .Select(row => row.ToRecord())
            .ToImmutableArray();
        var total = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM audit");
        var next = rows.Length == limit ? rows[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return new Page<AuditRecord>(rows, next, total);
    }

    private static string? Cut(string? text) => text is { Length: > MaxText } ? string.Concat(text.AsSpan(0, MaxText), "…") : text;

    private sealed record Row
    {
        public long Sequence { get; init; }
        public long At { get; init; }
        public string Actor { get; init; } = "";
        public string Action { get; init; } = "";
        public string? Target { get; init; }
        public string? Source { get; init; }
        public string Outcome { get; init; } = "";
        public string? Task { get; init; }
        public string? Detail { get; init; }

        public AuditRecord ToRecord() =>
            new()
            {
                Sequence = Sequence,
                At = StoreTime.FromStore(At),
                Actor = Actor,
                Action = Action,
                Target = Target,
                From = Source,
                Outcome = Outcome,
                Task = Task,
                Detail = Detail,
            };
    }
}
