using System.Collections.Immutable;
using Anyvisor.Core.Access;
using Anyvisor.Core.Guests;
using Anyvisor.Core.Images;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Providers;
using Anyvisor.Core.Providers.Commands;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver;
using Anyvisor.Model;
using Anyvisor.Server.Json;

namespace Anyvisor.Server.Startup;

/// <summary>
/// Everything behind the HTTP edge, opened in order and closed in reverse: what is here is ready when the first
/// request comes in.
/// </summary>
internal sealed class CoreParts : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _opened = new();

    private CoreParts() { }

    /// <summary>The loading of the stored estate. Awaited by <see cref="StartAsync"/>.</summary>
    private Task Loading { get; init; } = Task.CompletedTask;

    public required ImmutableDictionary<string, IDriver> Drivers { get; init; }
    public required Database Database { get; init; }
    public required TokenStore Tokens { get; init; }
    public required AuditLog Audit { get; init; }
    public required RequestKeys RequestKeys { get; init; }
    public required SessionStore Sessions { get; init; }
    public required TokenCommands TokenCommands { get; init; }
    public required EstateInventory Inventory { get; init; }
    public required ProviderRegistry Providers { get; init; }
    public required TaskEngine Tasks { get; init; }
    public required ProviderCommands ProviderCommands { get; init; }
    public required GuestCommands Guests { get; init; }
    public required ImageCommands Images { get; init; }

    internal static async Task<CoreParts> OpenAsync(
        ServerOptions options,
        ImmutableArray<IDriver> drivers,
        ILoggerFactory loggers,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var opened = new Stack<IAsyncDisposable>();
        var loading = Task.CompletedTask;
        try
        {
            var store = new StoreOptions { Directory = options.Data, Url = options.Store };
            var database = Keep(await Database.OpenAsync(store, loggers, cancellationToken));
            var tokens = Keep(await TokenStore.OpenAsync(database, time, loggers, cancellationToken));
            var inventory = Keep(
                EstateInventory.Create(
                    database,
                    new InventoryOptions { HistoryRetention = options.Keep, SubscriberPatience = options.ListenerPatience },
                    time,
                    loggers.CreateLogger<EstateInventory>()
                )
            );
            // The longest part of a start, and nothing looks into it before it is there: the rest is made meanwhile.
            loading = Task.Run(() => inventory.LoadAsync(cancellationToken), cancellationToken);
            var secrets = SecretBox.Open(options.Data);
            var providers = Keep(
                await ProviderRegistry.OpenAsync(database, secrets, drivers, inventory, new ProviderOptions(), time, loggers, cancellationToken)
            );
            var audit = new AuditLog(database, time);
            var keys = new RequestKeys(database, time);
            var sessions = await SessionStore.OpenAsync(database, tokens, time, cancellationToken);
            var tasks = Keep(
                new TaskEngine(
                    database,
                    audit,
                    secrets,
                    task => inventory.Events.Publish(EventKind.Task, "task", task.Id, task.Target.Name, task.Provider, Told(task), task),
                    FailPoints.FromEnvironment(),
                    new TaskEngineOptions(),
                    time,
                    loggers
                )
            );
            var parts = new CoreParts
            {
                Loading = loading,
                Drivers = drivers.ToImmutableDictionary(driver => driver.Info.Kind, StringComparer.Ordinal),
                Database = database,
                Tokens = tokens,
                Audit = audit,
                RequestKeys = keys,
                Sessions = sessions,
                TokenCommands = new TokenCommands(tokens, keys, tasks),
                Inventory = inventory,
                Providers = providers,
                Tasks = tasks,
                ProviderCommands = new ProviderCommands(providers, tasks),
                Guests = new GuestCommands(inventory, providers, tasks, time),
                Images = new ImageCommands(database, inventory, providers, tasks, new ImageOptions { MaxUpload = options.UploadLimit }, time),
            };
            foreach (var part in opened.Reverse())
                parts._opened.Push(part);
            return parts;
        }
        catch
        {
            await loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    /// <summary>The words that the history keeps of a task's beginning and end.</summary>
    private static string? Told(TaskInfo task) => task.Ended || task.State == TaskState.Queued ? $"{task.Kind} {EnumWords.Of(task.State)}" : null;

    /// <summary>Waits for the estate and takes on the tasks that were left, then connects the providers that they need.</summary>
    internal Task StartAsync(CancellationToken cancellationToken) => Ready = TakeUpAsync(cancellationToken);

    /// <summary>Ends when all that is there that has to be before the first request is answered.</summary>
    internal Task Ready { get; private set; } = Task.CompletedTask;

    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        await Loading;
        Inventory.ForgetAllBut(Providers.Has);
        await Tasks.StartAsync(cancellationToken);
        // Requests are answered meanwhile, from what was last seen; a command waits for its provider.
        Providers.Start();
    }

    internal void AddTo(IServiceCollection services)
    {
        services.AddSingleton(Drivers);
        services.AddSingleton(Database);
        services.AddSingleton(Tokens);
        services.AddSingleton(Audit);
        services.AddSingleton(RequestKeys);
        services.AddSingleton(Sessions);
        services.AddSingleton(TokenCommands);
        services.AddSingleton(Inventory);
        services.AddSingleton(Inventory.Events);
        services.AddSingleton(Providers);
        services.AddSingleton(Tasks);
        services.AddSingleton(ProviderCommands);
        services.AddSingleton(Guests);
        services.AddSingleton(Images);
    }

    public async ValueTask DisposeAsync()
    {
        // How it ended is the business of whoever waits for it; here the store must not be closed under it.
        await Loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync(_opened);
    }

    private static async ValueTask CloseAsync(Stack<IAsyncDisposable> opened)
    {
        while (opened.TryPop(out var part))
            await part.DisposeAsync();
    }
}
