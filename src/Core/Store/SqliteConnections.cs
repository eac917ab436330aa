using Microsoft.Data.Sqlite;

namespace Anyvisor.Core.Store;

/// <summary>Opens connections to one SQLite file with the settings that its durability asks for.</summary>
internal sealed class SqliteConnections(string file, Durability durability)
{
    public string File => file;

    public SqliteConnection OpenWriter()
    {
        var connection = Open();
        Execute(connection, "PRAGMA journal_mode=WAL");
        // In WAL mode NORMAL survives kill -9, and only FULL a power cut: each commit is synced.
        Execute(connection, durability == Durability.Full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
        Execute(connection, "PRAGMA foreign_keys=ON");
        // What a million guests' keys are found by stays in memory while it is written; small estates need none of it.
        Execute(connection, "PRAGMA cache_size=-32768");
        Execute(connection, "PRAGMA journal_size_limit=67108864");
        return connection;
    }

    public SqliteConnection OpenReader()
    {
        var connection = Open();
        Execute(connection, "PRAGMA query_only=ON");
        return connection;
    }

    private SqliteConnection Open()
    {
        // Without pooling: writer and readers are kept open by their owners, and closing must let go of the file.
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10 }.ToString()
        );
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA temp_store=MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
