using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Anyvisor.Core.Access;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Core.Store;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Tasks;

/// <summary>
/// The durable side of tasks. What it has returned from survives a power cut. A task's audit lines are written in the
/// same transaction as what they tell of.
/// </summary>
internal sealed partial class TaskJournal(Database database, AuditLog audit, SecretBox box, TaskEngineOptions options, ILogger<TaskEngine> log)
{
    /// <summary>Writes a new task down.</summary>
    public Task InsertAsync(TaskEntry entry, string fingerprint, AuditEntry accepted, CancellationToken cancellationToken) =>
        database.Ledger.WriteAsync(
            connection =>
            {
                InsertTask(connection, entry, fingerprint);
                InsertSteps(connection, entry);
                WriteLog(connection, entry.Order.Id, [], entry.Info.Log);
                WriteItems(connection, entry.Order.Id, [], entry.Info.Items);
                foreach (var (name, secret) in entry.Order.Secrets)
                    connection.Execute(
                        "INSERT INTO task_secret (task, name, envelope) VALUES (@task, @name, @envelope)",
                        new { task = entry.Order.Id, name, envelope = box.Seal(Scope(entry.Order.Id), name, secret) }
                    );
                audit.Append(connection, accepted);
            },
            cancellationToken
        );

    /// <summary>Writes what differs.</summary>
    public Task SaveAsync(TaskEntry from, TaskEntry to, AuditEntry? line, CancellationToken cancellationToken) =>
        database.Ledger.WriteAsync(
            connection =>
            {
                UpdateTask(connection, to);
                if (from.Work != to.Work)
                {
                    connection.Execute("DELETE FROM task_step WHERE task = @id", new { id = to.Order.Id });
                    InsertSteps(connection, to);
                }
                else
                {
                    UpdateSteps(connection, from, to);
                }
                WriteLog(connection, to.Order.Id, from.Info.Log, to.Info.Log);
                WriteItems(connection, to.Order.Id, from.Info.Items, to.Info.Items);
                if (line is not null)
                    audit.Append(connection, line);
                if (to.Info.Ended)
                    Forget(connection, to.Order.Id);
            },
            cancellationToken
        );

    /// <summary>All tasks that have not ended, oldest first.</summary>
    public Task<List<TaskEntry>> OpenAsync(CancellationToken cancellationToken) =>
        database.Ledger.ReadAsync(connection => TaskRows.Open(connection).ConvertAll(row => Load(connection, row)), cancellationToken);

    public Task<TaskInfo?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.Ledger.ReadAsync(connection => TaskRows.ById(connection, id) is { } row ? Show(connection, row) : null, cancellationToken);

    public Task<(TaskInfo Info, string Fingerprint)?> FindByKeyAsync(string actor, string key, CancellationToken cancellationToken) =>
        database.Ledger.ReadAsync<(TaskInfo, string)?>(
            connection => TaskRows.ByKey(connection, actor, key) is { } row ? (Show(connection, row), row.Fingerprint) : null,
            cancellationToken
        );

    /// <summary>What else than a task the key was used for.</summary>
    public Task<string?> FindHolderAsync(string actor, string key, CancellationToken cancellationToken) =>
        database.Ledger.ReadAsync(connection => RequestKeys.Holder(connection, actor, key), cancellationToken);

    /// <summary>Newest first; without log and items.</summary>
    public Task<(ImmutableArray<(long Sequence, TaskInfo Info)> Rows, long Total)> PageAsync(
        TaskQuery query,
        long before,
        CancellationToken cancellationToken
    ) =>
        database.Ledger.ReadAsync(
            connection =>
            {
                var rows = TaskRows
                    .Page(connection, query, before)
                    .Select(row => (row.Sequence, row.ToInfo() with { Steps = [.. TaskRows.Steps(connection, row.Id).Select(s => s.Seen)] }))
                    .ToImmutableArray();
                return (rows, TaskRows.Count(connection, query));
            },
            cancellationToken
        );

    public Task RefuseAsync(AuditEntry refused, CancellationToken cancellationToken) => audit.AppendAsync(refused, cancellationToken);

    public void ReportStandstill(string task, StoreException exception) => LogStandstill(log, exception, task);

    private TaskEntry Load(DbConnection connection, TaskRow row)
    {
        var (secrets, fault) = Unseal(row.Id, TaskRows.Secrets(connection, row.Id));
        var steps = TaskRows.Steps(connection, row.Id);
        ImmutableArray<WorkStep> work = [.. steps.Select(s => s.Work)];
        var entry = new TaskEntry(row.ToOrder(secrets) with { SecretFault = fault }, Show(connection, row), work, row.Planned != 0, row.Undoing != 0);
        return entry with { Info = entry.Info with { Progress = entry.ProgressOf(entry.Info, 0) } };
    }

    // A lost key must not keep the server, or the undoing of this very task, from starting.
    private (ImmutableDictionary<string, Secret>, string? Fault) Unseal(string id, Dictionary<string, byte[]> envelopes)
    {
        try
        {
            return (envelopes.ToImmutableDictionary(s => s.Key, s => box.Unseal(Scope(id), s.Key, s.Value), StringComparer.Ordinal), null);
        }
        catch (SecretBoxException e)
        {
            return (ImmutableDictionary<string, Secret>.Empty, e.Message);
        }
    }

    private static TaskInfo Show(DbConnection connection, TaskRow row) =>
        row.ToInfo() with
        {
            Steps = [.. TaskRows.Steps(connection, row.Id).Select(s => s.Seen)],
            Log = TaskRows.Log(connection, row.Id),
            Items = TaskRows.Items(connection, row.Id),
        };

    private void Forget(DbConnection connection, string id)
    {
        connection.Execute("DELETE FROM task_secret WHERE task = @id", new { id });
        connection.Execute(
            "DELETE FROM task WHERE ended_at IS NOT NULL AND sequence <= (SELECT MAX(sequence) FROM task) - @kept",
            new { kept = options.Kept }
        );
    }

    private static void InsertTask(DbConnection connection, TaskEntry entry, string fingerprint) =>
        connection.Execute(
            """
            INSERT INTO task (id, kind, target_type, target_id, target_name, provider, state, undoing, actor, source, idempotency_key,
                fingerprint, body, lanes, parent, planned, host, makes, created_at)
            VALUES (@Id, @Kind, @type, @targetId, @targetName, @Provider, @state, 0, @Actor, @From, @key,
                @fingerprint, @Body, @lanes, @parent, @planned, @Host, @makes, @created)
            """,
            new
            {
                entry.Order.Id,
                entry.Order.Kind,
                type = entry.Order.Target.Type,
                targetId = entry.Order.Target.Id,
                targetName = entry.Order.Target.Name,
                entry.Order.Provider,
                state = entry.Info.State.ToString(),
                entry.Order.Actor,
                entry.Order.From,
                key = entry.Info.IdempotencyKey,
                fingerprint,
                entry.Order.Body,
                lanes = JsonSerializer.Serialize(entry.Order.Lanes, TaskJson.Default.ImmutableArrayString),
                parent = entry.Info.Parent,
                planned = entry.Planned ? 1 : 0,
                entry.Order.Host,
                makes = entry.Order.Makes?.ToString(),
                created = StoreTime.ToStore(entry.Info.CreatedAt),
            }
        );

    private static void UpdateTask(DbConnection connection, TaskEntry entry) =>
        connection.Execute(
            """
            UPDATE task SET state = @state, undoing = @undoing, planned = @planned, host = @Host, makes = @makes, result = @result,
                error = @error, started_at = @started, ended_at = @ended WHERE id = @Id
            """,
            new
            {
                entry.Order.Id,
                state = entry.Info.State.ToString(),
                undoing = entry.Undoing ? 1 : 0,
                planned = entry.Planned ? 1 : 0,
                entry.Order.Host,
                makes = entry.Order.Makes?.ToString(),
                result = entry.Info.Result,
                error = Write(entry.Info.Error),
                started = StoreTime.ToStore(entry.Info.StartedAt),
                ended = StoreTime.ToStore(entry.Info.EndedAt),
            }
        );

    private static void InsertSteps(DbConnection connection, TaskEntry entry)
    {
        for (var i = 0; i < entry.Work.Length; i++)
            connection.Execute(
                """
                INSERT INTO task_step (task, ordinal, name, label, arguments, weight, no_return, state, started_at, ended_at)
                VALUES (@task, @i, @Name, @Label, @arguments, @Weight, @noReturn, @state, @started, @ended)
                """,
                new
                {
                    task = entry.Order.Id,
                    i,
                    entry.Work[i].Name,
                    entry.Work[i].Label,
                    arguments = JsonSerializer.Serialize(entry.Work[i].Arguments, TaskJson.Default.ImmutableSortedDictionaryStringString),
                    entry.Work[i].Weight,
                    noReturn = entry.Work[i].PointOfNoReturn ? 1 : 0,
                    state = entry.Info.Steps[i].State.ToString(),
                    started = StoreTime.ToStore(entry.Info.Steps[i].StartedAt),
                    ended = StoreTime.ToStore(entry.Info.Steps[i].EndedAt),
                }
            );
    }

    private static void UpdateSteps(DbConnection connection, TaskEntry from, TaskEntry to)
    {
        for (var i = 0; i < to.Work.Length; i++)
            if (from.Info.Steps[i] != to.Info.Steps[i])
                connection.Execute(
                    "UPDATE task_step SET state = @state, started_at = @started, ended_at = @ended WHERE task = @task AND ordinal = @i",
                    new
                    {
                        task = to.Order.Id,
                        i,
                        state = to.Info.Steps[i].State.ToString(),
                        started = StoreTime.ToStore(to.Info.Steps[i].StartedAt),
                        ended = StoreTime.ToStore(to.Info.Steps[i].EndedAt),
                    }
                );
    }

    private static void WriteLog(DbConnection connection, string task, ImmutableArray<TaskLogLine> from, ImmutableArray<TaskLogLine> to)
    {
        for (var i = from.Length; i < to.Length; i++)
            connection.Execute(
                "INSERT INTO task_log (task, ordinal, at, text) VALUES (@task, @i, @at, @Text)",
                new { task, i, at = StoreTime.ToStore(to[i].At), to[i].Text }
            );
    }

    private static void WriteItems(DbConnection connection, string task, ImmutableArray<TaskItem> from, ImmutableArray<TaskItem> to)
    {
        for (var i = 0; i < to.Length; i++)
            if (i >= from.Length || from[i] != to[i])
                connection.Execute(
                    """
                    INSERT INTO task_item (task, ordinal, object, name, state, child, error) VALUES (@task, @i, @Id, @Name, @state, @child, @error)
                    ON CONFLICT (task, ordinal) DO UPDATE SET state = excluded.state, child = excluded.child, error = excluded.error
                    """,
                    new { task, i, to[i].Id, to[i].Name, state = to[i].State.ToString(), child = to[i].Task, error = Write(to[i].Error) }
                );
    }

    private static string? Write(Problem? problem) => problem is null ? null : JsonSerializer.Serialize(problem, ModelJson.Default.Problem);

    private static string Scope(string task) => $"task/{task}";
}
