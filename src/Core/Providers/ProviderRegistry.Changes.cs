using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers.Checks;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Core.Providers.Sessions;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers;

public sealed partial class ProviderRegistry
{
    /// <summary>Keeps the provider and starts its session, whether or not it answers.</summary>
    /// <exception cref="CommandException">The request is wrong, or the name is taken. Nothing was kept.</exception>
    public async Task KeepAsync(AddProvider request, CancellationToken cancellationToken)
    {
        var stored = Draft(request);
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RequireFree(request.Name);
            await _database.Ledger.WriteAsync(connection => ProviderRows.Put(connection, stored), cancellationToken).ConfigureAwait(false);
            Begin(stored);
            LogAdded(_log, stored.Name, stored.Driver);
            Tell(stored.Name, "added");
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Returns when the first listing is whole, or after a while without it.</summary>
    public async Task AwaitListingAsync(string name, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(name, out var entry) && entry.Session is { } session)
            await WaitForListingAsync(session, 0, _services.Options.FirstListingWait, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks a request by itself: name, driver, URL, settings.</summary>
    /// <exception cref="CommandException">What is wrong with it.</exception>
    internal void RequireWellFormed(AddProvider request) => Draft(request);

    /// <summary>Checks a request, and that its name is free.</summary>
    /// <exception cref="CommandException">What is wrong with it.</exception>
    internal void RequireAddable(AddProvider request)
    {
        Draft(request);
        RequireFree(request.Name);
    }

    /// <summary>Checks that a change fits.</summary>
    /// <exception cref="CommandException">There is no such provider, or what is wrong with the change.</exception>
    internal void RequireApplicable(string name, PatchProvider patch) => Changed(Entered(name), patch);

    /// <summary>Does what adding does before anything is kept: checks the request and, unless it says not to, connects.</summary>
    /// <returns>What was found at the other end; null where nobody looked.</returns>
    /// <exception cref="CommandException">The request is wrong, or the name is taken.</exception>
    /// <exception cref="ProviderException">It can't be reached or refuses us.</exception>
    public async Task<ProviderAbout?> TryAsync(AddProvider request, CancellationToken cancellationToken)
    {
        RequireFree(request.Name);
        var stored = Draft(request);
        return request.SkipCheck ? null : await ProbeAsync(DriverOf(stored.Driver), stored, cancellationToken).ConfigureAwait(false);
    }

    private StoredProvider Draft(AddProvider request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ProviderNames.RequireValid(request.Name);
        var driver = DriverOf(request.Driver);
        var stored = ProviderDrafts.Made(request, driver.Info, Now, Seal);
        RequireAccepted(driver, AddressOf(stored));
        return stored;
    }

    private StoredProvider Changed(Entry entry, PatchProvider patch)
    {
        var driver = DriverOf(entry.Stored.Driver);
        var stored = ProviderDrafts.Changed(entry.Stored, patch, driver.Info, Seal);
        RequireAccepted(driver, new ProviderAddress { Provider = stored.Name, Url = stored.Url, User = stored.User, Settings = stored.Settings });
        return stored;
    }

    /// <summary>Changes what the request names, and connects anew with it.</summary>
    /// <exception cref="CommandException">There is no such provider, or the request is wrong. Nothing was changed.</exception>
    public async Task<Provider> PatchAsync(string name, PatchProvider patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var entry = Entered(name);
            var stored = Changed(entry, patch);
            await _database.Ledger.WriteAsync(connection => ProviderRows.Put(connection, stored), cancellationToken).ConfigureAwait(false);
            // From here on it is changed: the old session has to end, whoever gave up waiting.
            await EndAsync(entry).ConfigureAwait(false);
            if (Begin(stored) is null)
                Inventory.MarkUnreachable(name, entry.Status.HeardAt ?? Now);
            Tell(name, stored.Enabled ? "changed" : "disabled");
            return Get(name);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends its session, and forgets it with all its secrets and objects. At the provider itself nothing changes.</summary>
    /// <exception cref="CommandException">There is no such provider.</exception>
    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        Entered(name);
        return ForgetAsync(name, cancellationToken);
    }

    /// <summary>The same, also for one that an earlier process had half forgotten, and without complaint about one that is gone.</summary>
    public async Task ForgetAsync(string name, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var entry = _entries.GetValueOrDefault(name);
            await _database.Ledger.WriteAsync(connection => ProviderRows.Remove(connection, name), cancellationToken).ConfigureAwait(false);
            _entries = _entries.Remove(name);
            if (entry is not null)
                await EndAsync(entry).ConfigureAwait(false);
            Inventory.Forget(name);
            if (entry is null)
                return;
            LogRemoved(_log, name);
            Tell(name, "removed");
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Signs in once more, beside the session, to see that it works; a session that waits for its next try tries now.</summary>
    /// <exception cref="CommandException">There is no such provider, or its secrets can't be read.</exception>
    /// <exception cref="ProviderException">What is wrong, where, and what to do.</exception>
    public async Task<Provider> CheckAsync(string name, CancellationToken cancellationToken)
    {
        var entry = Entered(name);
        var about = await ProbeAsync(DriverOf(entry.Stored.Driver), entry.Stored, cancellationToken).ConfigureAwait(false);
        if (entry.Session is { Live: null } waiting)
            waiting.Refresh();
        return Show(entry) with { Product = about.Product, Version = about.Version, Freshness = about.Freshness };
    }

    /// <summary>Asks for a full listing and waits until one is whole, or the caller gives up.</summary>
    /// <param name="name">Which.</param>
    /// <param name="accept">Confirm that what the last suspicious listing lacked is gone.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">There is no such provider, or it is disabled.</exception>
    /// <exception cref="ProviderException">It can't be reached.</exception>
    public async Task<Provider> RefreshAsync(string name, bool accept, CancellationToken cancellationToken)
    {
        var entry = Entered(name);
        if (entry.Session is not { } session)
            throw ProblemFactory.Conflict(entry.Status.Problem?.Text ?? $"The provider '{name}' is disabled: enable it first.");
        if (accept && Inventory.Suspicion(name) is not null)
        {
            var missing = Inventory.AcceptDrop(name);
            session.ConfirmDrop();
            LogDropAccepted(_log, name, missing);
            return Get(name);
        }
        var listings = session.Status.Listings;
        session.Refresh();
        if (!await WaitForListingAsync(session, listings, _services.Options.ListingDeadline, cancellationToken).ConfigureAwait(false))
            throw Unreachable(name, session.Status);
        return Get(name);
    }

    /// <exception cref="CommandException">There is none of that kind; names the nearest.</exception>
    internal IDriver DriverOf(string kind)
    {
        if (DriversByKind.TryGetValue(kind, out var driver))
            return driver;
        var nearest = NearestNames.To(kind, DriversByKind.Keys);
        throw ProblemFactory.Invalid(
            $"There is no driver '{kind}'. " + (nearest.IsEmpty ? $"There are: {string.Join(", ", DriversByKind.Keys)}." : $"Did you mean {string.Join(" or ", nearest)}?"),
            nearest
        );
    }

    private void RequireFree(string name)
    {
        if (_entries.ContainsKey(name))
            throw ProblemFactory.Conflict($"There is a provider '{name}' already. Choose another name, or change it with a patch.");
    }

    private static void RequireAccepted(IDriver driver, ProviderAddress address)
    {
        if (driver.Validate(address) is { } problem)
            throw ProblemFactory.Invalid(problem);
    }

    private byte[] Seal(StoredProvider provider, string name, string value)
    {
        try
        {
            return _secrets.Seal(provider.Scope, name, new Secret(value));
        }
        catch (SecretBoxException exception)
        {
            throw ProblemFactory.Conflict(exception.Message);
        }
    }

    private async Task<ProviderAbout> ProbeAsync(IDriver driver, StoredProvider stored, CancellationToken cancellationToken)
    {
        ProviderAddress address;
        try
        {
            address = AddressOf(stored);
        }
        catch (SecretBoxException exception)
        {
            throw ProblemFactory.Conflict($"The secrets of '{stored.Name}' can't be decrypted: {exception.Message}");
        }
        var connection = await Connector.ConnectAsync(driver, address, _services.Options, _services.Time, _services.Loggers, cancellationToken).ConfigureAwait(false);
        var about = connection.About;
        await Bounded.EndAsync(Task.Run(() => connection.DisposeAsync().AsTask(), CancellationToken.None), _services.Options.CloseDeadline, _services.Time).ConfigureAwait(false);
        return about;
    }

    private ProviderSession? Begin(StoredProvider stored)
    {
        var entry = Enter(stored);
        _entries = _entries.SetItem(stored.Name, entry);
        if (_started)
            entry.Session?.Start();
        return entry.Session;
    }

    private static async Task EndAsync(Entry entry)
    {
        if (entry.Session is { } session)
            await session.DisposeAsync().ConfigureAwait(false);
    }

    /// <returns>Whether more listings than that were whole in time; false as soon as it shows that none will come.</returns>
    private async Task<bool> WaitForListingAsync(ProviderSession session, long more, TimeSpan most, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(most, _services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, session.Stopping);
        var before = session.Status;
        while (true)
        {
            var changed = session.NextChange;
            var now = session.Status;
            if (now.Listings > more)
                return true;
            if (now.State is ProviderState.Unreachable or ProviderState.Refused && !ReferenceEquals(now.Problem, before.Problem))
                return false;
            try
            {
                await changed.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private void Tell(string name, string text) => Inventory.Events.Publish(EventKind.Provider, "provider", name, name, name, text);
}
