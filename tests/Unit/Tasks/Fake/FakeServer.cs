using System.Collections.Concurrent;
using Anyvisor.Core.Access;
using Anyvisor.Core.Guests;
using Anyvisor.Core.Images;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Providers;
using Anyvisor.Core.Providers.Commands;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks.Fake;

/// <summary>
/// The parts of a server that tasks need, all of them real, with one provider. Its 'process' (the engine) can die at
/// any fail point and be started again on what the store and the system remember.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly string _directory;
    private EstateInventory _inventory;
    private ProviderRegistry _registry;
    private readonly SecretBox _box;
    private Func<string, bool> _diesAt = _ => false;
    private TaskCompletionSource _death = New();
    private TaskCompletionSource _released = New();

    private FakeServer(string directory, Database database, EstateInventory inventory, ProviderRegistry registry, SecretBox box, FakeSystem system)
    {
        (_directory, Database, _inventory, _registry, _box, System) = (directory, database, inventory, registry, box, system);
        Audit = new AuditLog(database, TimeProvider.System);
        system.Between = place => PassAsync($"inside/{place}");
    }

    public static Caller Operator { get; } = new("tester", Role.Operator, "127.0.0.1");

    public FakeSystem System { get; }
    public Database Database { get; }
    public AuditLog Audit { get; }
    public EstateInventory Inventory => _inventory;
    public string Directory => _directory;
    public TaskEngine Engine { get; private set; } = null!;
    public GuestCommands Guests { get; private set; } = null!;
    public ProviderCommands Providers { get; private set; } = null!;
    public ProviderRegistry Registry => _registry;
    public ImageCommands Images { get; private set; } = null!;

    /// <summary>All fail points that were passed.</summary>
    public ConcurrentQueue<string> Passed { get; } = new();

    /// <summary>All states that were told of tasks.</summary>
    public ConcurrentQueue<TaskInfo> Published { get; } = new();

    public static async Task<FakeServer> StartAsync(FakeSystem system, TaskEngineOptions? options = null, string? root = null)
    {
        // In memory where there is such a place: a test of thousands of runs is not one of the disk.
        root ??= global::System.IO.Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var directory = Path.Combine(root, "anyvisor-test-" + Guid.NewGuid().ToString("N"));
        var loggers = NullLoggerFactory.Instance;
        var token = TestContext.Current.CancellationToken;
        var database = await Database.OpenAsync(new StoreOptions { Directory = directory, Reserve = 0 }, loggers, token);
        var box = SecretBox.Open(directory);
        var inventory = NewInventory();
        var registry = await RegistryAsync(database, box, inventory, system);
        registry.Start();
        await registry.AddAsync(new AddProvider { Name = FakeSystem.Provider, Driver = "fake", Url = "fake:" }, token);
        var server = new FakeServer(directory, database, inventory, registry, box, system);
        await server.RestartAsync(options);
        return server;
    }

    /// <summary>A second provider, which shows nothing by itself.</summary>
    public Task AddProviderAsync(string name) =>
        _registry.AddAsync(new AddProvider { Name = name, Driver = "empty", Url = "empty:" }, TestContext.Current.CancellationToken);

    /// <summary>A new process that knows nothing of the estate yet: its providers connect after its tasks have begun.</summary>
    public async Task RestartColdAsync()
    {
        await _registry.DisposeAsync();
        _inventory.Dispose();
        _inventory = NewInventory();
        _registry = await RegistryAsync(Database, _box, _inventory, System);
        await RestartAsync();
        _registry.Start();
    }

    /// <summary>A new process on what the old one left.</summary>
    public async Task RestartAsync(TaskEngineOptions? options = null)
    {
        (_death, _released) = (New(), New());
        options ??= new TaskEngineOptions { LongestPause = TimeSpan.FromMilliseconds(20), ProviderPatience = TimeSpan.FromSeconds(20) };
        Engine = new TaskEngine(
            Database,
            Audit,
            _box,
            Published.Enqueue,
            FailPoints.Observed(PassAsync),
            options,
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        Guests = new GuestCommands(_inventory, _registry, Engine, TimeProvider.System);
        Providers = new ProviderCommands(_registry, Engine);
        Images = new ImageCommands(Database, _inventory, _registry, Engine, new ImageOptions { Reserve = 0, QemuImg = "" }, TimeProvider.System);
        await Engine.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The process dies at the next point of which this is true.</summary>
    public void DieAt(Func<string, bool> point) => _diesAt = point;

    /// <summary>True when the process died, false when the task ended.</summary>
    public async Task<bool> DiesBeforeEndAsync(string task)
    {
        var end = Engine.WaitAsync(task, TestContext.Current.CancellationToken);
        return await Task.WhenAny(end, _death.Task) == _death.Task;
    }

    public Task Death => _death.Task;

    /// <summary>Called at each fail point at which the process lives on.</summary>
    public Func<Task> Disturb { get; set; } = () => Task.CompletedTask;

    /// <summary>The id of the image that a client has seen, whatever the inventory shows by now.</summary>
    public string Golden { get; } = ObjectId.Derive(ObjectKind.Image, FakeSystem.Provider, new NativeId("golden")).ToString();

    /// <summary>The next write to the ledger fails as on a failing disk; the one after it works.</summary>
    public Task RefuseOneWriteAsync() => Database.Ledger.WriteAsync(c => c.Execute("PRAGMA query_only = 1"), TestContext.Current.CancellationToken);

    /// <summary>The system can't be reached for a while.</summary>
    public void GoDownFor(TimeSpan time)
    {
        System.Down = true;
        _ = Task.Delay(time, TimeProvider.System, CancellationToken.None).ContinueWith(_ => System.Down = false, TaskScheduler.Default);
    }

    /// <summary>Takes the dead process away. It wrote nothing after it died.</summary>
    public async Task BuryAsync()
    {
        _diesAt = _ => false;
        var disposing = Engine.DisposeAsync();
        _released.TrySetCanceled(new CancellationToken(true));
        await disposing;
    }

    public async ValueTask DisposeAsync()
    {
        await BuryAsync();
        await _registry.DisposeAsync();
        _inventory.Dispose();
        await Database.DisposeAsync();
        global::System.IO.Directory.Delete(_directory, recursive: true);
    }

    private async Task PassAsync(string point)
    {
        Passed.Enqueue(point);
        if (!_diesAt(point))
        {
            await Disturb();
            return;
        }
        _diesAt = _ => true;
        _death.TrySetResult();
        await _released.Task;
    }

    private static EstateInventory NewInventory() => new(new InventoryOptions(), TimeProvider.System, NullLogger<EstateInventory>.Instance);

    private static Task<ProviderRegistry> RegistryAsync(Database database, SecretBox box, EstateInventory inventory, FakeSystem system) =>
        ProviderRegistry.OpenAsync(
            database,
            box,
            [new FakeDriver("fake", system), new FakeDriver("empty", new FakeSystem(0))],
            inventory,
            new ProviderOptions { RetryDelay = TimeSpan.FromMilliseconds(20), MostRetryDelay = TimeSpan.FromMilliseconds(50) },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken
        );

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
