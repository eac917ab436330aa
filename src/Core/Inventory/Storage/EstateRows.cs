using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Data.Common;
using System.IO.Compression;
using System.Text.Json;
using Anyvisor.Core.Inventory.Observing;
using Anyvisor.Core.Store;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Dapper;

namespace Anyvisor.Core.Inventory.Storage;

/// <summary>The tables of the inventory: every statement about them is here.</summary>
internal static class EstateRows
{
    internal static byte[] Key(ObjectId id)
    {
        var key = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(key, id.High);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(8), id.Low);
        return key;
    }

    internal static void Write(DbConnection connection, WriteBatch batch)
    {
        WriteGuests(connection, batch);
        WriteObjects(connection, batch);
        WriteNatives(connection, batch);
        WriteHistory(connection, batch.History);
    }

    /// <summary>Hands every stored guest to the callback, which must not keep the array.</summary>
    internal static int ReadGuests(DbConnection connection, Action<byte[], DateTime> found)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT body, observed_at FROM inventory_guest";
        using var reader = command.ExecuteReader();
        var count = 0;
        for (; reader.Read(); count++)
            found((byte[])reader.GetValue(0), StoreTime.FromStore(reader.GetInt64(1)));
        return count;
    }

    internal static List<(ObjectKind Kind, byte[] Body)> ReadObjects(DbConnection connection) =>
        [.. connection.Query<(long Kind, byte[] Body)>("SELECT kind, body FROM inventory_object").Select(row => ((ObjectKind)row.Kind, row.Body))];

    internal static void ReadNativeHashes(DbConnection connection, NativeHashes into)
    {
        foreach (var (id, hash) in connection.Query<(byte[] Id, long Hash)>("SELECT id, hash FROM inventory_native", buffered: false))
            into.Known(IdOf(id), (ulong)hash);
    }

    internal static NativeDocument? ReadNative(DbConnection connection, ObjectId id)
    {
        var row = connection.QueryFirstOrDefault<(long At, byte[]? Body)>(
            "SELECT observed_at, body FROM inventory_native WHERE id = @key",
            new { key = Key(id) }
        );
        return row.Body is null ? null : new NativeDocument(id, StoreTime.FromStore(row.At), Inflate(row.Body));
    }

    /// <summary>An object's changes before a sequence, newest first.</summary>
    internal static ImmutableArray<HistoryEntry> ReadHistory(DbConnection connection, ObjectId id, long before, int limit) =>
        [
            .. connection
                .Query<HistoryRow>(
                    """
                    SELECT sequence, at, kind, task, changes FROM inventory_history
                    WHERE subject_id = @key AND sequence < @before ORDER BY sequence DESC LIMIT @limit
                    """,
                    new { key = Key(id), before, limit }
                )
                .Select(row => new HistoryEntry(row.Sequence, StoreTime.FromStore(row.At), (EventKind)row.Kind, row.ReadChanges(), row.Task)),
        ];

    internal static long CountHistory(DbConnection connection, ObjectId id) =>
        connection.ExecuteScalar<long>("SELECT COUNT(*) FROM inventory_history WHERE subject_id = @key", new { key = Key(id) });

    /// <summary>Everybody's changes after a sequence, oldest first.</summary>
    internal static List<HistoryRow> ReadEvents(DbConnection connection, long after, int limit) =>
        [
            .. connection.Query<HistoryRow>(
                """
                SELECT sequence, at, kind, subject, subject_id AS SubjectId, name, provider, task, text, changes
                FROM inventory_history WHERE sequence > @after ORDER BY sequence LIMIT @limit
                """,
                new { after, limit }
            ),
        ];

    internal static long OldestEvent(DbConnection connection) =>
        connection.ExecuteScalar<long?>("SELECT MIN(sequence) FROM inventory_history") ?? long.MaxValue;

    internal static int RemoveHistory(DbConnection connection, DateTime before, int most) =>
        connection.Execute(
            """
            DELETE FROM inventory_history WHERE sequence IN
                (SELECT sequence FROM inventory_history WHERE at < @before ORDER BY at LIMIT @most)
            """,
            new { before = StoreTime.ToStore(before), most }
        );

    internal static long ReadCounter(DbConnection connection, string name) =>
        connection.ExecuteScalar<long?>("SELECT value FROM inventory_counter WHERE name = @name", new { name }) ?? 0;

    internal static void WriteCounter(DbConnection connection, string name, long value) =>
        connection.Execute(
            "INSERT INTO inventory_counter (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            new { name, value }
        );

    internal static ObjectId IdOf(byte[] key) => new(BinaryPrimitives.ReadUInt64BigEndian(key), BinaryPrimitives.ReadUInt64BigEndian(key.AsSpan(8)));

    private static void WriteGuests(DbConnection connection, WriteBatch batch)
    {
        using var put = Prepare(
            connection,
            """
            INSERT INTO inventory_guest (id, provider, observed_at, body) VALUES (@id, @provider, @at, @body)
            ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, observed_at = excluded.observed_at, body = excluded.body
            """,
            "id",
            "provider",
            "at",
            "body"
        );
        using var remove = Prepare(connection, "DELETE FROM inventory_guest WHERE id = @id", "id");
        // Keys are scattered over the whole table: in their order each page is touched once a batch.
        var guests = batch.Guests.ToArray();
        Array.Sort(guests, static (a, b) => a.Key.CompareTo(b.Key));
        foreach (var (id, guest) in guests)
            if (guest.Body is { } body)
                Run(put, Key(id), guest.Provider, StoreTime.ToStore(guest.ObservedAt), body);
            else
                Run(remove, Key(id));
    }

    private static void WriteObjects(DbConnection connection, WriteBatch batch)
    {
        using var put = Prepare(
            connection,
            """
            INSERT INTO inventory_object (id, kind, provider, body) VALUES (@id, @kind, @provider, @body)
            ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, body = excluded.body
            """,
            "id",
            "kind",
            "provider",
            "body"
        );
        using var remove = Prepare(connection, "DELETE FROM inventory_object WHERE id = @id", "id");
        foreach (var (id, item) in batch.Objects)
            if (item.Body is { } body)
                Run(put, Key(id), (long)item.Kind, item.Provider, body);
            else
                Run(remove, Key(id));
    }

    private static void WriteNatives(DbConnection connection, WriteBatch batch)
    {
        using var remove = Prepare(connection, "DELETE FROM inventory_native WHERE id = @id", "id");
        foreach (var id in batch.NativesGone)
            Run(remove, Key(id));
        using var put = Prepare(
            connection,
            """
            INSERT INTO inventory_native (id, observed_at, hash, body) VALUES (@id, @at, @hash, @body)
            ON CONFLICT (id) DO UPDATE SET observed_at = excluded.observed_at, hash = excluded.hash, body = excluded.body
            """,
            "id",
            "at",
            "hash",
            "body"
        );
        foreach (var (id, native) in batch.Natives)
            Run(put, Key(id), StoreTime.ToStore(native.ObservedAt), (long)NativeHashes.HashOf(native.Json.Span), Deflate(native.Json.Span));
    }

    private static void WriteHistory(DbConnection connection, List<Event> events)
    {
        using var add = Prepare(
            connection,
            """
            INSERT INTO inventory_history (sequence, at, kind, subject, subject_id, name, provider, task, text, changes)
            VALUES (@sequence, @at, @kind, @subject, @id, @name, @provider, @task, @text, @changes) ON CONFLICT (sequence) DO NOTHING
            """,
            "sequence",
            "at",
            "kind",
            "subject",
            "id",
            "name",
            "provider",
            "task",
            "text",
            "changes"
        );
        foreach (var e in events)
            Run(
                add,
                e.Sequence,
                StoreTime.ToStore(e.At),
                (long)e.Kind,
                e.Subject,
                ObjectId.TryParse(e.SubjectId, out var id) ? Key(id) : null,
                e.SubjectName,
                e.Provider,
                e.Task,
                e.Text,
                e.Changes.IsDefaultOrEmpty ? null : JsonSerializer.Serialize(e.Changes, ModelJson.Default.ImmutableArrayFieldChange)
            );
    }

    private static DbCommand Prepare(DbConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            Dialect.Parameter(command, name);
        return command;
    }

    private static void Run(DbCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.ExecuteNonQuery();
    }

    private static byte[] Deflate(ReadOnlySpan<byte> text)
    {
        using var into = new MemoryStream();
        using (var brotli = new BrotliStream(into, CompressionLevel.Fastest, leaveOpen: true))
            brotli.Write(text);
        return into.ToArray();
    }

    private static byte[] Inflate(byte[] body)
    {
        using var from = new BrotliStream(new MemoryStream(body), CompressionMode.Decompress);
        using var into = new MemoryStream();
        from.CopyTo(into);
        return into.ToArray();
    }
}
