using Anyvisor.Core.Inventory;
using Anyvisor.Core.Providers;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Core.Store;
using Anyvisor.Driver;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers.Fakes;

/// <summary>A registry over a real store in a directory of its own, with drivers of the test's making.</summary>
internal sealed class ProviderBed : IAsyncDisposable
{
    /// <summary>Generous, because it only matters when a test fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly Database _database;

    private ProviderBed(string directory, Database database, EstateInventory inventory, ProviderRegistry registry, TimeProvider time)
    {
        (_directory, _database, Inventory, Registry, Time) = (directory, database, inventory, registry, time);
    }

    public EstateInventory Inventory { get; }
    public ProviderRegistry Registry { get; }
    public TimeProvider Time { get; }
    public FakeTimeProvider Clock => (FakeTimeProvider)Time;
    public string Directory => _directory;

    public static async Task<ProviderBed> OpenAsync(
        IEnumerable<IDriver> drivers,
        TimeProvider? time = null,
        ProviderOptions? options = null,
        ILoggerFactory? loggers = null,
        string? directory = null
    )
    {
        directory ??= System.IO.Directory.CreateTempSubdirectory("anyvisor-providers-").FullName;
        time ??= new FakeTimeProvider();
        loggers ??= NullLoggerFactory.Instance;
        var stop = TestContext.Current.CancellationToken;
        var database = await Database.OpenAsync(new StoreOptions { Directory = directory }, loggers, stop);
        var inventory = await EstateInventory.OpenAsync(database, new InventoryOptions(), time, loggers.CreateLogger<EstateInventory>(), stop);
        var registry = await ProviderRegistry.OpenAsync(database, SecretBox.Open(directory), drivers, inventory, options ?? Quick, time, loggers, stop);
        registry.Start();
        return new ProviderBed(directory, database, inventory, registry, time);
    }

    /// <summary>No waits that a fake clock would have to end.</summary>
    public static ProviderOptions Quick { get; } = new() { BatchDelay = TimeSpan.Zero, FirstListingWait = TimeSpan.Zero };

    public Task<Provider> AddAsync(string name, string driver = "fake", bool check = false) =>
        Registry.AddAsync(
            new AddProvider { Name = name, Driver = driver, Url = "fake:", SkipCheck = !check },
            TestContext.Current.CancellationToken
        );

    /// <summary>Waits until it is so, in real time: other threads work meanwhile, and no clock of the product moves.</summary>
    public static async Task UntilAsync(Func<bool> so, string what)
    {
        var stop = TestContext.Current.CancellationToken;
        var began = TimeProvider.System.GetTimestamp();
        while (!so())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"It never came: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, stop);
        }
    }

    public Task StateAsync(string provider, ProviderState state) =>
        UntilAsync(() => Registry.State(provider) == state, $"{provider} {state}, it is {Registry.State(provider)}");

    /// <summary>Moves the clock in steps until it is so. Each step lets threads that it woke come to rest first.</summary>
    public async Task AdvanceUntilAsync(Func<bool> so, TimeSpan step, TimeSpan most, string what)
    {
        var stop = TestContext.Current.CancellationToken;
        for (var passed = TimeSpan.Zero; !so(); passed += step)
        {
            Assert.True(passed < most, $"It did not come within {most}: {what}");
            Clock.Advance(step);
            for (var i = 0; i < 5 && !so(); i++)
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, stop);
        }
    }

    public Guest? Guest(string provider, int number) => Inventory.Get<Guest>(FakeGuests.Id(provider, number));

    /// <summary>Closes all of it and keeps the directory, to open it anew.</summary>
    public async Task CloseAsync()
    {
        await Registry.DisposeAsync();
        await Inventory.DisposeAsync();
        await _database.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }
}
