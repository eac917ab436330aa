using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Anyvisor.Core.Store;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Dapper;

namespace Anyvisor.Core.Tasks;

/// <summary>Reads tasks from the journal's tables.</summary>
internal static class TaskRows
{
    private const string Columns = """
        sequence, id, kind, target_type AS TargetType, target_id AS TargetId, target_name AS TargetName, provider, state, undoing,
        actor, source, idempotency_key AS IdempotencyKey, fingerprint, body, lanes, parent, planned, host, makes, result, error,
        created_at AS CreatedAt, started_at AS StartedAt, ended_at AS EndedAt
        """;

    public static TaskRow? ById(DbConnection connection, string id) =>
        connection.QuerySingleOrDefault<TaskRow>($"SELECT {Columns} FROM task WHERE id = @id", new { id });

    public static TaskRow? ByKey(DbConnection connection, string actor, string key) =>
        connection.QuerySingleOrDefault<TaskRow>(
            $"SELECT {Columns} FROM task WHERE actor = @actor AND idempotency_key = @key",
            new { actor, key }
        );

    /// <summary>All that have not ended, oldest first.</summary>
    public static List<TaskRow> Open(DbConnection connection) =>
        connection.Query<TaskRow>($"SELECT {Columns} FROM task WHERE ended_at IS NULL ORDER BY sequence").AsList();

    /// <summary>Newest first.</summary>
    public static List<TaskRow> Page(DbConnection connection, TaskQuery query, long before) =>
        connection
            .Query<TaskRow>(
                $"SELECT {Columns} FROM task WHERE sequence < @before{Where(query)} ORDER BY sequence DESC LIMIT @limit",
                new { before, limit = query.Limit, state = query.State?.ToString(), query.Target, query.Parent }
            )
            .AsList();

    public static long Count(DbConnection connection, TaskQuery query) =>
        connection.ExecuteScalar<long>(
            $"SELECT COUNT(*) FROM task WHERE sequence > 0{Where(query)}",
            new { state = query.State?.ToString(), query.Target, query.Parent }
        );

    public static ImmutableArray<(WorkStep Work, TaskStep Seen)> Steps(DbConnection connection, string task) =>
        [
            .. connection
                .Query<StepRow>(
                    """
                    SELECT name, label, arguments, weight, no_return AS NoReturn, state, started_at AS StartedAt, ended_at AS EndedAt
                    FROM task_step WHERE task = @task ORDER BY ordinal
                    """,
                    new { task }
                )
                .Select(row => row.ToStep()),
        ];

    public static ImmutableArray<TaskLogLine> Log(DbConnection connection, string task) =>
        [
            .. connection
                .Query<LogRow>("SELECT at, text FROM task_log WHERE task = @task ORDER BY ordinal", new { task })
                .Select(row => new TaskLogLine(StoreTime.FromStore(row.At), row.Text)),
        ];

    public static ImmutableArray<TaskItem> Items(DbConnection connection, string task) =>
        [
            .. connection
                .Query<ItemRow>("SELECT object, name, state, child, error FROM task_item WHERE task = @task ORDER BY ordinal", new { task })
                .Select(row => new TaskItem(row.Object, row.Name, Enum.Parse<TaskState>(row.State), row.Child, ReadProblem(row.Error))),
        ];

    public static Dictionary<string, byte[]> Secrets(DbConnection connection, string task) =>
        connection
            .Query<SecretRow>("SELECT name, envelope FROM task_secret WHERE task = @task", new { task })
            .ToDictionary(row => row.Name, row => row.Envelope, StringComparer.Ordinal);

    internal static Problem? ReadProblem(string? json) => json is null ? null : JsonSerializer.Deserialize(json, ModelJson.Default.Problem);

    private static string Where(TaskQuery query) =>
        (query.State is null ? "" : " AND state = @state")
        + (query.Target is null ? "" : " AND target_id = @Target")
        + (query.Parent is null ? "" : " AND parent = @Parent");

    private sealed record StepRow
    {
        public string Name { get; init; } = "";
        public string Label { get; init; } = "";
        public string Arguments { get; init; } = "";
        public double Weight { get; init; }
        public long NoReturn { get; init; }
        public string State { get; init; } = "";
        public long? StartedAt { get; init; }
        public long? EndedAt { get; init; }

        public (WorkStep, TaskStep) ToStep()
        {
            var arguments = JsonSerializer.Deserialize(Arguments, TaskJson.Default.ImmutableSortedDictionaryStringString);
            var work = new WorkStep(Name, Label, arguments ?? ImmutableSortedDictionary<string, string>.Empty)
            {
                Weight = Weight,
                PointOfNoReturn = NoReturn != 0,
            };
            var seen = new TaskStep
            {
                Name = Name,
                Label = Label,
                State = Enum.Parse<TaskStepState>(State),
                StartedAt = StoreTime.FromStore(StartedAt),
                EndedAt = StoreTime.FromStore(EndedAt),
            };
            return (work, seen);
        }
    }

    private sealed record LogRow
    {
        public long At { get; init; }
        public string Text { get; init; } = "";
    }

    private sealed record ItemRow
    {
        public string Object { get; init; } = "";
        public string Name { get; init; } = "";
        public string State { get; init; } = "";
        public string? Child { get; init; }
        public string? Error { get; init; }
    }

    private sealed record SecretRow
    {
        public string Name { get; init; } = "";
        public byte[] Envelope { get; init; } = [];
    }
}

/// <summary>A row of the table of tasks.</summary>
internal sealed record TaskRow
{
    public long Sequence { get; init; }
    public string Id { get; init; } = "";
    public string Kind { get; init; } = "";
    public string TargetType { get; init; } = "";
    public string? TargetId { get; init; }
    public string TargetName { get; init; } = "";
    public string? Provider { get; init; }
    public string State { get; init; } = "";
    public long Undoing { get; init; }
    public string Actor { get; init; } = "";
    public string? Source { get; init; }
    public string? IdempotencyKey { get; init; }
    public string Fingerprint { get; init; } = "";
    public string Body { get; init; } = "";
    public string Lanes { get; init; } = "";
    public string? Parent { get; init; }
    public long Planned { get; init; }
    public string? Host { get; init; }
    public string? Makes { get; init; }
    public string? Result { get; init; }
    public string? Error { get; init; }
    public long CreatedAt { get; init; }
    public long? StartedAt { get; init; }
    public long? EndedAt { get; init; }

    public TaskOrder ToOrder(ImmutableDictionary<string, Secret> secrets) =>
        new()
        {
            Id = Id,
            Kind = Kind,
            Target = new TaskTarget(TargetType, TargetId, TargetName),
            Provider = Provider,
            Actor = Actor,
            From = Source,
            Body = Body,
            Secrets = secrets,
            Lanes = JsonSerializer.Deserialize(Lanes, TaskJson.Default.ImmutableArrayString),
            Host = Host,
            Makes = Makes is null ? null : new NativeId(Makes),
        };

    /// <summary>Without steps, log and items, which have tables of their own.</summary>
    public TaskInfo ToInfo() =>
        new()
        {
            Id = Id,
            Kind = Kind,
            Target = new TaskTarget(TargetType, TargetId, TargetName),
            Provider = Provider,
            State = Enum.Parse<TaskState>(State),
            Progress = State == nameof(TaskState.Succeeded) ? 1 : 0,
            Result = Result,
            Error = TaskRows.ReadProblem(Error),
            Actor = Actor,
            IdempotencyKey = IdempotencyKey,
            Parent = Parent,
            CreatedAt = StoreTime.FromStore(CreatedAt),
            StartedAt = StoreTime.FromStore(StartedAt),
            EndedAt = StoreTime.FromStore(EndedAt),
        };
}
