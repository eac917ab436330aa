using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Anyvisor.Core.Store;

/// <summary>A few open connections that only read. Readers see the last commit and never wait for the writer.</summary>
internal sealed class StoreReaders(SqliteConnections connections) : IAsyncDisposable
{
    private const int AtOnce = 4;
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private readonly SemaphoreSlim _slots = new(AtOnce, AtOnce);
    private volatile bool _closed;

    public async Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfClosed();
            return await Task.Run(() => Read(work), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var i = 0; i < AtOnce; i++)
            await _slots.WaitAsync().ConfigureAwait(false);
        while (_idle.TryTake(out var connection))
            await connection.DisposeAsync().ConfigureAwait(false);
        // Whoever still waits for a slot gets in, and is told that the store is closed.
        _slots.Release(AtOnce);
    }

    private T Read<T>(Func<DbConnection, T> work)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = _idle.TryTake(out var idle) ? idle : connections.OpenReader();
            var result = work(connection);
            _idle.Add(connection);
            connection = null;
            return result;
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Explain(e, connections.File);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed)
            throw new StoreException(StoreFault.Closed, "The store is closed: the server is stopping.");
    }
}
