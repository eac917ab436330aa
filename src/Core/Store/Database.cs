using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Store;

/// <summary>
/// Everything that the server keeps. Two parts, because they promise different things:
/// <see cref="Ledger"/> holds what we were asked and did (tasks, audit, tokens, providers) and loses nothing that was
/// acknowledged, not even at a power cut; <see cref="Estate"/> holds what we saw (inventory, history), which comes in
/// by the thousand a second and can be seen again. Apart, a batch of observations never holds up a task's journal.
/// </summary>
public sealed partial class Database : IAsyncDisposable
{
    private static readonly ImmutableArray<string> LedgerAreas = ["Access", "Tasks", "Guests", "Images", "Providers"];
    private static readonly ImmutableArray<string> EstateAreas = ["Inventory"];
    private readonly long _reserve;

    private Database(DataDirectory directory, StoreFile ledger, StoreFile estate, long reserve)
    {
        Directory = directory;
        Ledger = ledger;
        Estate = estate;
        _reserve = reserve;
    }

    public DataDirectory Directory { get; }

    public Dialect Dialect { get; } = Dialect.Sqlite;

    /// <summary>What we were asked and did: synced at every commit.</summary>
    public StoreFile Ledger { get; }

    /// <summary>What we saw: survives kill -9; a power cut may cost the last moments.</summary>
    public StoreFile Estate { get; }

    /// <summary>Locks the data directory, opens the store and brings its tables up to date.</summary>
    /// <exception cref="StoreException">The message says what is in the way and what to do.</exception>
    public static async Task<Database> OpenAsync(StoreOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        RefuseOtherEngines(options.Url);
        var directory = DataDirectory.Open(options.Directory);
        StoreFile? ledger = null;
        try
        {
            ledger = await Task.Run(() => OpenLedger(directory), cancellationToken).ConfigureAwait(false);
            var log = loggers.CreateLogger<Database>();
            var estate = await Task.Run(() => OpenEstate(directory, log), cancellationToken).ConfigureAwait(false);
            return new Database(directory, ledger, estate, options.Reserve);
        }
        catch
        {
            if (ledger is not null)
                await ledger.DisposeAsync().ConfigureAwait(false);
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Refuses new work while what runs needs the disk's last bytes to be written down to its end.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Full"/>.</exception>
    public void RequireSpace()
    {
        if (Directory.Free is var free && free < _reserve)
            throw new StoreException(
                StoreFault.Full,
                $"The disk of {Directory.Path} has {free >> 20} MiB left and {_reserve >> 20} MiB are kept for work under way. Free some space, or move the data directory."
            );
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync().ConfigureAwait(false);
        await Estate.DisposeAsync().ConfigureAwait(false);
        Directory.Dispose();
    }

    private static StoreFile OpenLedger(DataDirectory directory) =>
        StoreFile.Open(directory.File("anyvisor.db"), Durability.Full, connection => Migrations.Apply(connection, Dialect.Sqlite, LedgerAreas));

    // Observations can be made again: a damaged file is put aside, with a warning, rather than keeping the server down.
    private static StoreFile OpenEstate(DataDirectory directory, ILogger log)
    {
        var path = directory.File("estate.db");
        try
        {
            return Open();
        }
        catch (StoreException e) when (e.Fault == StoreFault.Corrupt)
        {
            var aside = path + ".damaged";
            LogEstateDamaged(log, e, path, aside);
            File.Move(path, aside, overwrite: true);
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
            return Open();
        }

        StoreFile Open() => StoreFile.Open(path, Durability.Normal, connection => Migrations.Apply(connection, Dialect.Sqlite, EstateAreas));
    }

    private static void RefuseOtherEngines(string? url)
    {
        if (url is null || url is "sqlite" or "sqlite:")
            return;
        if (url.StartsWith("postgres:", StringComparison.OrdinalIgnoreCase) || url.StartsWith("postgresql:", StringComparison.OrdinalIgnoreCase))
            throw new StoreException(
                StoreFault.NotAvailable,
                "A store on PostgreSQL is not in this version. Leave --store out: the server then keeps everything in SQLite, in its data directory."
            );
        throw new StoreException(
            StoreFault.NotAvailable,
            "--store takes 'sqlite', which is the default: the store is then in the data directory (--data)."
        );
    }
}
