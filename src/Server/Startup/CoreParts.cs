using System.Collections.Immutable;
using Anyvisor.Core.Access;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Store;
using Anyvisor.Driver;
using Anyvisor.Server.Drivers;

namespace Anyvisor.Server.Startup;

/// <summary>
/// Everything behind the HTTP edge, opened in order and closed in reverse: what is here is ready when the first
/// request comes in.
/// </summary>
internal sealed class CoreParts : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _opened = new();

    private CoreParts() { }

    public required ImmutableDictionary<string, IDriver> Drivers { get; init; }
    public required Database Database { get; init; }
    public required TokenStore Tokens { get; init; }
    public required AuditLog Audit { get; init; }
    public required EstateInventory Inventory { get; init; }

    internal static async Task<CoreParts> OpenAsync(ServerOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var opened = new Stack<IAsyncDisposable>();
        try
        {
            var store = new StoreOptions { Directory = options.Data, Url = options.Store };
            var database = Keep(await Database.OpenAsync(store, loggers, cancellationToken));
            var tokens = Keep(await TokenStore.OpenAsync(database, time, loggers, cancellationToken));
            var inventory = new EstateInventory(
                new InventoryOptions { HistoryRetention = options.Keep },
                time,
                loggers.CreateLogger<EstateInventory>()
            );
            var parts = new CoreParts
            {
                Drivers = InstalledDrivers.All().ToImmutableDictionary(driver => driver.Info.Kind, StringComparer.Ordinal),
                Database = database,
                Tokens = tokens,
                Audit = new AuditLog(database, time),
                Inventory = inventory,
            };
            foreach (var part in opened.Reverse())
                parts._opened.Push(part);
            return parts;
        }
        catch
        {
            await CloseAsync(opened);
            throw;
        }

        T Keep<T>(T part)
            where T : IAsyncDisposable
        {
            opened.Push(part);
            return part;
        }
    }

    internal void AddTo(IServiceCollection services)
    {
        services.AddSingleton(Drivers);
        services.AddSingleton(Database);
        services.AddSingleton(Tokens);
        services.AddSingleton(Audit);
        services.AddSingleton(Inventory);
        services.AddSingleton(Inventory.Events);
    }

    public ValueTask DisposeAsync() => CloseAsync(_opened);

    private static async ValueTask CloseAsync(Stack<IAsyncDisposable> opened)
    {
        while (opened.TryPop(out var part))
            await part.DisposeAsync();
    }
}
