using System.Collections.Concurrent;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Watching;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.Zvm;

/// <summary>A line to a z/VM system, or to the members of a cluster of them.</summary>
internal partial class Connection : IProviderConnection
{
    private readonly Site _site;
    private readonly ConcurrentDictionary<string, byte> _paused;
    private readonly SiteReader _reader;
    private readonly ObjectFactory _factory;
    private readonly EstateWatch _watch;
    private readonly TimeProvider _time;

    internal Connection(Site site, TimeSpan poll, string provider, ConcurrentDictionary<string, byte> paused, DriverContext context)
    {
        _site = site;
        _paused = paused;
        _time = context.Time;
        _reader = new SiteReader(site, context.Time);
        _factory = new ObjectFactory(provider, site, paused.ContainsKey);
        _watch = new EstateWatch(_reader, _factory, poll, context.Time, user => paused.TryRemove(user, out _), context.Loggers.CreateLogger<EstateWatch>());
        About = new ProviderAbout(site.First.System.Product, site.First.System.ProductVersion, new Freshness(false, poll.TotalSeconds));
    }

    public ProviderAbout About { get; }

    protected Site Site => _site;

    protected EstateWatch Watch => _watch;

    protected TimeProvider Time => _time;

    protected DateTime Now => _reader.Now;

    public IAsyncEnumerable<Change> WatchAsync(CancellationToken cancellationToken) => _watch.WatchAsync(cancellationToken);

    public void RequestRefresh() => _watch.Refresh();

    public async Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken)
    {
        var user = UserId.Canonical(guest.ToString());
        return UserId.IsValid(user) && await ReadUserAsync(user, cancellationToken).ConfigureAwait(false) is { } known ? _factory.Guest(known) : null;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _site.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string UserOf(Guest guest) => UserId.Canonical(guest.NativeId.ToString());

    /// <summary>As it is this moment, with the hypervisor's own word; null when the directory has it not.</summary>
    private async Task<KnownUser?> ReadUserAsync(string user, CancellationToken cancellationToken)
    {
        var presences = await _reader.PresencesAsync([user], cancellationToken).ConfigureAwait(false);
        if (await _reader.ReadAsync(user, presences, _watch.Find(user), inside: false, cancellationToken).ConfigureAwait(false) is not { } known)
            return null;
        if (known.RunsOn is not null)
            return known;
        var (runsOn, word) = await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false);
        return known with { RunsOn = runsOn, Word = word, Source = ObservationSource.Poll };
    }

    /// <summary>The user of a guest, judged as it is now and not as the caller last saw it.</summary>
    /// <exception cref="ProviderException">There is none, or it does not allow the verb.</exception>
    private async Task<(KnownUser User, Guest Guest, IZvmSystem System)> ForAsync(Verb verb, Guest guest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var user = UserOf(guest);
        KnownUser? known;
        try
        {
            known = await ReadUserAsync(user, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound || (e.Error == ProviderError.InvalidArgument && !UserId.IsValid(user)))
        {
            throw NoSuch(guest, e);
        }
        if (known is null)
            throw NoSuch(guest, await AskAsync(user, cancellationToken).ConfigureAwait(false));
        var now = _factory.Guest(known);
        if (Judge(verb, now, known) is { Allowed: false } refused)
            throw new ProviderException(refused.Level is ActionLevel.None or ActionLevel.ReadOnly ? ProviderError.NotCapable : ProviderError.Conflict, $"{now.Name}: {refused.Reason!.Text}") { NativeCode = refused.Reason.Code };
        return (known, now, _site.Find(known.ManagedBy)?.System ?? _site.First.System);
    }

    private async Task<ProviderException?> AskAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            await _site.First.System.ReadEntryAsync(user, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (ProviderException e)
        {
            return e;
        }
    }

    private ProviderException NoSuch(Guest guest, ProviderException? cause) =>
        new(ProviderError.NotFound, $"{_site.First.Name} has no user {UserOf(guest)} ('{guest.Name}') in its directory", cause) { NativeCode = cause?.NativeCode ?? "no-user", NativeMessage = cause?.NativeMessage };
}
