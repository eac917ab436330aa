using System.Collections.Immutable;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Core.Providers.Sessions;
using Anyvisor.Core.Store;
using Anyvisor.Driver;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Providers;

/// <summary>
/// The providers that we are connected to: kept in the store, each with a session of its own while it is enabled.
/// Readers take what is there and never wait; changes go one after the other. Safe for many threads.
/// </summary>
public sealed partial class ProviderRegistry : IAsyncDisposable
{
    private readonly Database _database;
    private readonly SecretBox _secrets;
    private readonly SessionServices _services;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _changing = new(1);
    private ImmutableSortedDictionary<string, Entry> _entries = ImmutableSortedDictionary.Create<string, Entry>(StringComparer.Ordinal);
    private bool _started;

    private ProviderRegistry(Database database, SecretBox secrets, IEnumerable<IDriver> drivers, SessionServices services)
    {
        (_database, _secrets) = (database, secrets);
        _services = services;
        _log = services.Loggers.CreateLogger<ProviderRegistry>();
        DriversByKind = drivers.ToImmutableSortedDictionary(driver => driver.Info.Kind, driver => driver, StringComparer.Ordinal);
        services.Inventory.TagsAreOurs = name => DriverInfoOf(name) is not { } driver || EmulatedTags.AreOurs(driver);
        services.Metrics.Watch(() => _entries.Values.Select(entry => (entry.Stored.Name, entry.Status.State)));
    }

    /// <summary>By kind.</summary>
    public ImmutableSortedDictionary<string, IDriver> DriversByKind { get; }

    /// <summary>What each driver is and can do, by kind.</summary>
    public ImmutableArray<DriverInfo> Drivers => [.. DriversByKind.Values.Select(driver => driver.Info)];

    /// <summary>Loads the providers; <see cref="Start"/> connects them.</summary>
    /// <exception cref="StoreException">They can't be read.</exception>
    public static async Task<ProviderRegistry> OpenAsync(
        Database database,
        SecretBox secrets,
        IEnumerable<IDriver> drivers,
        EstateInventory inventory,
        ProviderOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var stored = await database.Ledger.ReadAsync(ProviderRows.All, cancellationToken).ConfigureAwait(false);
        var registry = new ProviderRegistry(database, secrets, drivers, new SessionServices(inventory, options, new ProviderMetrics(), time, loggers));
        foreach (var provider in stored)
            registry._entries = registry._entries.Add(provider.Name, registry.Enter(provider));
        return registry;
    }

    /// <summary>Connects all enabled providers, each by itself.</summary>
    public void Start()
    {
        _started = true;
        foreach (var entry in _entries.Values)
            entry.Session?.Start();
    }

    /// <summary>All providers, by name.</summary>
    public ImmutableArray<Provider> List() => [.. _entries.Values.Select(Show)];

    /// <exception cref="CommandException">There is none of that name.</exception>
    public Provider Get(string name) => Show(Entered(name));

    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>Ends all sessions, within the deadline for closing.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_entries.Values.Select(entry => entry.Session?.DisposeAsync().AsTask() ?? Task.CompletedTask)).ConfigureAwait(false);
        _services.Metrics.Dispose();
        _changing.Dispose();
    }

    private EstateInventory Inventory => _services.Inventory;

    private DateTime Now => _services.Time.GetUtcNow().UtcDateTime;

    private Entry Entered(string name) =>
        _entries.TryGetValue(name, out var entry)
            ? entry
            : throw ProblemFactory.NotFound("provider", name, NearestNames.To(name, _entries.Keys));

    private Provider Show(Entry entry)
    {
        var (stored, status) = (entry.Stored, entry.Status);
        var counts = Inventory.Counts(stored.Name);
        return new Provider
        {
            Name = stored.Name,
            Driver = stored.Driver,
            Url = stored.Url,
            User = stored.User,
            Settings = stored.Settings,
            Secrets = [.. stored.Secrets.Keys.Select(SecretName).Order(StringComparer.Ordinal)],
            Insecure = stored.Insecure,
            Enabled = stored.Enabled,
            State = status.State,
            StateSince = status.Since,
            Problem = status.Problem,
            Product = status.About?.Product,
            Version = status.About?.Version,
            Freshness = status.About?.Freshness,
            SyncedAt = status.SyncedAt,
            HeardAt = status.HeardAt,
            Guests = counts.Guests,
            Hosts = counts.Hosts,
            CreatedAt = stored.CreatedAt,
        };
    }

    private static string SecretName(string stored) =>
        stored.StartsWith(StoredProvider.SettingPrefix, StringComparison.Ordinal) ? stored[StoredProvider.SettingPrefix.Length..] : stored;

    /// <summary>Makes the session where the provider can have one, and says why where it can't.</summary>
    private Entry Enter(StoredProvider stored)
    {
        if (!stored.Enabled)
            return Entry.Idle(stored, ProviderState.Disabled, null, Now);
        if (!DriversByKind.TryGetValue(stored.Driver, out var driver))
            return Entry.Idle(stored, ProviderState.Refused, new ProviderProblem("not-capable", $"This server has no driver '{stored.Driver}'. It has: {string.Join(", ", DriversByKind.Keys)}."), Now);
        try
        {
            return new Entry(stored, new ProviderSession(AddressOf(stored), driver, _services), null);
        }
        catch (SecretBoxException exception)
        {
            LogSecretsUnreadable(_log, stored.Name, exception.Message);
            return Entry.Idle(stored, ProviderState.Refused, new ProviderProblem("secrets-unreadable", $"Its secrets can't be decrypted: {exception.Message}"), Now);
        }
    }

    private ProviderAddress AddressOf(StoredProvider stored)
    {
        var opened = stored.Secrets.ToImmutableDictionary(secret => secret.Key, secret => _secrets.Unseal(stored.Scope, secret.Key, secret.Value), StringComparer.Ordinal);
        return new ProviderAddress
        {
            Provider = stored.Name,
            Url = stored.Url,
            User = stored.User,
            Password = opened.GetValueOrDefault(StoredProvider.Password),
            Settings = stored.Settings,
            Secrets = opened.Remove(StoredProvider.Password).ToImmutableDictionary(secret => SecretName(secret.Key), secret => secret.Value, StringComparer.Ordinal),
            Insecure = stored.Insecure,
        };
    }

    /// <summary>A provider with its session, or with the reason why it has none.</summary>
    private sealed record Entry(StoredProvider Stored, ProviderSession? Session, SessionStatus? Fixed)
    {
        public SessionStatus Status => Session?.Status ?? Fixed!;

        public static Entry Idle(StoredProvider stored, ProviderState state, ProviderProblem? problem, DateTime now) =>
            new(stored, null, new SessionStatus { State = state, Since = now, Problem = problem });
    }
}
