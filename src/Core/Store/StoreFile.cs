using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Anyvisor.Core.Store;

/// <summary>
/// One part of the store: one writer, many readers. Statements run synchronously inside the delegate, on a thread that
/// is there for it; a delegate must not wait for anything else. Safe from many threads.
/// </summary>
public sealed class StoreFile : IAsyncDisposable
{
    private readonly StoreWriter _writer;
    private readonly StoreReaders _readers;

    private StoreFile(SqliteConnections connections, SqliteConnection writer)
    {
        Path = connections.File;
        _writer = new StoreWriter(connections, writer);
        _readers = new StoreReaders(connections);
    }

    public string Path { get; }

    /// <summary>
    /// Runs the delegate in a transaction and returns when that is as durable as this part of the store promises.
    /// Delegates that queue up share one transaction, each under its own savepoint. The token counts until the
    /// delegate begins; from then on the caller learns the outcome.
    /// </summary>
    /// <exception cref="StoreException">Nothing of the delegate was written.</exception>
    public Task<T> WriteAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken) =>
        _writer.WriteAsync(work, cancellationToken);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<DbConnection> work, CancellationToken cancellationToken) =>
        _writer.WriteAsync(
            connection =>
            {
                work(connection);
                return true;
            },
            cancellationToken
        );

    /// <summary>Runs the delegate on a connection that can't write and sees what was committed last.</summary>
    /// <exception cref="StoreException">It could not be read.</exception>
    public Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken) =>
        _readers.ReadAsync(work, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _readers.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    internal static StoreFile Open(string path, Durability durability, Action<DbConnection> migrate)
    {
        var connections = new SqliteConnections(path, durability);
        SqliteConnection? writer = null;
        try
        {
            writer = connections.OpenWriter();
            using (var transaction = writer.BeginTransaction(deferred: false))
            {
                migrate(writer);
                transaction.Commit();
            }
            var file = new StoreFile(connections, writer);
            writer = null;
            return file;
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Explain(e, path);
        }
        finally
        {
            writer?.Dispose();
        }
    }
}
