using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Anyvisor.Core.Store;

/// <summary>
/// The one writer of a file. What has queued up while a commit was under way goes into the next transaction together,
/// so many small durable writes cost one sync. Each piece has its savepoint: one that fails takes no other with it.
/// Runs on a thread of its own, because SQLite blocks.
/// </summary>
internal sealed class StoreWriter : IAsyncDisposable
{
    private const int QueueLength = 4096;
    private const int BatchLength = 256;
    private readonly SqliteConnections _connections;
    private readonly Channel<Piece> _queue = Channel.CreateBounded<Piece>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );
    private readonly Task _loop;
    private SqliteConnection? _connection;

    public StoreWriter(SqliteConnections connections, SqliteConnection connection)
    {
        _connections = connections;
        _connection = connection;
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public async Task<T> WriteAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        var piece = new Piece<T>(work, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException(StoreFault.Closed, "The store is closed: the server is stopping.", e);
        }
        // Not cancellable from here on: whoever asked must learn whether it was written.
        return await piece.Completion.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private void Run()
    {
        var batch = new List<Piece>(BatchLength);
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < BatchLength && _queue.Reader.TryRead(out var piece))
                if (!piece.CancelledBeforeStart())
                    batch.Add(piece);
            Commit(batch);
            batch.Clear();
        }
        _connection?.Dispose();
    }

    private void Commit(List<Piece> batch)
    {
        if (batch.Count == 0)
            return;
        try
        {
            var connection = _connection ??= _connections.OpenWriter();
            using var transaction = connection.BeginTransaction(deferred: false);
            foreach (var piece in batch)
                RunPiece(piece, transaction);
            transaction.Commit();
            foreach (var piece in batch)
                piece.Acknowledge();
        }
        catch (Exception e)
        {
            // Of whatever kind it is, who waits hears of it and the loop goes on: if it ended, all would wait for ever.
            Fail(batch, Explain(e));
            // After a failed sync or a full disk the connection's view of the WAL is not to be trusted: begin anew.
            Reopen();
        }
    }

    private static void RunPiece(Piece piece, SqliteTransaction transaction)
    {
        transaction.Save("piece");
        try
        {
            piece.Run(transaction.Connection!);
            transaction.Release("piece");
        }
        catch (SqliteException e) when (SqliteFaults.EndsTransaction(e))
        {
            throw;
        }
        catch (Exception e)
        {
            // Whatever a caller's code throws is the caller's: it gets it back and its writes are undone.
            transaction.Rollback("piece");
            transaction.Release("piece");
            piece.Refuse(e is SqliteException sqlite ? SqliteFaults.Explain(sqlite, transaction.Connection!.DataSource) : e);
        }
    }

    private StoreException Explain(Exception e)
    {
        try
        {
            return e is SqliteException sqlite
                ? SqliteFaults.Explain(sqlite, _connections.File)
                : new StoreException(StoreFault.Internal, $"The store failed: {e.Message}", e);
        }
        catch (Exception unexplained) when (unexplained is IOException or UnauthorizedAccessException)
        {
            return new StoreException(StoreFault.Io, $"The disk of {_connections.File} can't be looked at ({unexplained.Message}). Check it and its mount.", e);
        }
    }

    private static void Fail(List<Piece> batch, StoreException exception)
    {
        foreach (var piece in batch)
            piece.Refuse(exception);
    }

    private void Reopen()
    {
        var old = _connection;
        _connection = null;
        try
        {
            old?.Dispose();
        }
        catch (SqliteException)
        {
            // It failed already, and whoever waited has heard of it.
        }
    }

    private abstract class Piece
    {
        public abstract bool CancelledBeforeStart();

        public abstract void Run(DbConnection connection);

        public abstract void Acknowledge();

        public abstract void Refuse(Exception exception);
    }

    private sealed class Piece<T>(Func<DbConnection, T> work, CancellationToken cancellationToken) : Piece
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Completion => _completion.Task;

        public override bool CancelledBeforeStart() =>
            cancellationToken.IsCancellationRequested && _completion.TrySetCanceled(cancellationToken);

        public override void Run(DbConnection connection) => _result = work(connection);

        public override void Acknowledge() => _completion.TrySetResult(_result);

        public override void Refuse(Exception exception) => _completion.TrySetException(exception);
    }
}
