using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Observing;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Storage;

/// <summary>Reads the stored estate. Rows are understood on all processors while the next ones are read.</summary>
internal sealed class EstateLoad(Estate estate, Func<string, ProviderWriter> writer)
{
    private const int Portion = 4096;
    private readonly ConcurrentBag<StoredRows> _readers = [];
    private int _unreadable;

    internal int Guests { get; private set; }

    internal int Objects { get; private set; }

    internal int Unreadable => _unreadable;

    /// <summary>Everything but guests. Runs beside <see cref="ReadGuests"/>, on a connection of its own.</summary>
    internal bool ReadObjects(DbConnection connection)
    {
        foreach (var (kind, body) in EstateRows.ReadObjects(connection))
            Take(kind, body);
        EstateRows.ReadNativeHashes(connection, estate.Natives);
        return true;
    }

    internal bool ReadGuests(DbConnection connection)
    {
        var portion = new List<(byte[] Body, DateTime At)>(Portion);
        var work = Task.CompletedTask;
        EstateRows.ReadGuests(
            connection,
            (body, at) =>
            {
                portion.Add((body, at));
                if (portion.Count < Portion)
                    return;
                var full = portion;
                portion = new List<(byte[], DateTime)>(Portion);
                var before = work;
                work = Task.Run(async () =>
                {
                    await before.ConfigureAwait(false);
                    Take(full);
                });
            }
        );
        work.GetAwaiter().GetResult();
        Take(portion);
        return true;
    }

    private void Take(List<(byte[] Body, DateTime At)> rows)
    {
        var loaded = new byte[]?[rows.Count];
        Parallel.For(
            0,
            rows.Count,
            () => _readers.TryTake(out var idle) ? idle : new StoredRows(estate.Guests.Books),
            (i, _, reader) =>
            {
                loaded[i] = Understand(reader, rows[i].Body, rows[i].At);
                return reader;
            },
            _readers.Add
        );
        for (var i = 0; i < loaded.Length; i++)
        {
            if (loaded[i] is not { } row)
            {
                Interlocked.Increment(ref _unreadable);
                continue;
            }
            var cells = GuestCells.Of(row, estate.Guests.Books);
            writer(estate.Guests.Books.Texts[cells.Provider]!).Load(row, rows[i].At, cells.Presence == Presence.Missing);
            Guests++;
        }
    }

    private static byte[]? Understand(StoredRows reader, byte[] body, DateTime at)
    {
        try
        {
            return reader.ToMemory(body, at);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private void Take(ObjectKind kind, byte[] body)
    {
        try
        {
            if (estate.Records.Of(kind) is { } table && table.Read(body) is { } item)
            {
                if (item.Presence != Presence.Missing)
                    item = table.WithPresence(item, Presence.Unreachable, item.ObservedAt);
                writer(item.Provider).Load(table, item);
                Objects++;
                return;
            }
        }
        catch (JsonException)
        {
            // Counted below: what can't be read comes anew from its provider.
        }
        Interlocked.Increment(ref _unreadable);
    }
}
