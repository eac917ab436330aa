using Anyvisor.Driver;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Watching;

/// <summary>
/// One full look at the system, with what follows from it: a collector with one filter over a view of everything,
/// in one session. When any of them ends, another listing is made.
/// </summary>
internal sealed class Listing
{
    /// <summary>How long the system holds a wait in which nothing happens: so its answer shows that it is alive.</summary>
    private const int EventsOnAPage = 25;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(4);

    private readonly SoapClient _client;
    private readonly Session _session;
    private readonly MoRef _collector;
    private readonly MoRef _view;
    private string _version = "";
    private MoRef _events;

    private Listing(SoapClient client, Session session, MoRef collector, MoRef view) => (_client, _session, _collector, _view) = (client, session, collector, view);

    public Estate Estate { get; } = new();

    /// <summary>Held while the estate is changed or shown.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Makes it and reads everything.</summary>
    public static async Task<Listing> ReadAsync(SoapClient client, CancellationToken cancellationToken)
    {
        var session = await client.SessionAsync(cancellationToken).ConfigureAwait(false);
        var content = client.Content;
        var collector = await client.CallInAsync(session, new SoapCall("CreatePropertyCollector", content.PropertyCollector, "preparing the listing"), Properties.ReadRef, cancellationToken).ConfigureAwait(false);
        var view = await client.CallInAsync(session, new SoapCall("CreateContainerView", content.ViewManager, "preparing the listing", writer =>
        {
            writer.Ref("container", content.RootFolder);
            foreach (var type in Paths.Viewed)
                writer.Text("type", type);
            writer.Flag("recursive", true);
        }), Properties.ReadRef, cancellationToken).ConfigureAwait(false);
        var listing = new Listing(client, session, collector, view);
        await listing.FilterAsync(cancellationToken).ConfigureAwait(false);
        await listing.FollowEventsAsync(cancellationToken).ConfigureAwait(false);
        var sink = listing.Sink();
        UpdateSet set;
        do
        {
            set = await client.WaitAsync(session, collector, listing._version, sink, Wait, "listing everything", cancellationToken).ConfigureAwait(false);
            listing._version = set.Version ?? throw new ProviderException(ProviderError.ProtocolViolation, $"{client.Where} lists nothing and does not say why.");
        } while (set.Truncated);
        listing.Estate.NoteDatastores();
        return listing;
    }

    public EstateSink Sink() => new(Estate) { Gate = Gate };

    /// <summary>What changed since; nothing after a while of silence.</summary>
    public async Task<EstateSink> NextAsync(CancellationToken cancellationToken)
    {
        var sink = Sink();
        UpdateSet set;
        do
        {
            set = await _client.WaitAsync(_session, _collector, _version, sink, Wait, "waiting for changes", cancellationToken).ConfigureAwait(false);
            _version = set.Version ?? _version;
        } while (set.Truncated);
        return sink;
    }

    /// <summary>Lets the system forget it. That it can't be told is no harm: it goes with the session.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await _client.CallInAsync(_session, new SoapCall("DestroyPropertyCollector", _collector, "ending a listing"), static _ => true, cancellationToken).ConfigureAwait(false);
            if (!_events.IsEmpty)
                _ = await _client.CallInAsync(_session, new SoapCall("DestroyCollector", _events, "ending a listing"), static _ => true, cancellationToken).ConfigureAwait(false);
            _ = await _client.CallInAsync(_session, new SoapCall("DestroyView", _view, "ending a listing"), static _ => true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ProviderException or OperationCanceledException)
        {
            // The session has ended, or the line is broken: the collector ends with the session in any case.
        }
    }

    private async Task FilterAsync(CancellationToken cancellationToken)
    {
        var content = _client.Content;
        try
        {
            _ = await _client.CreateFilterAsync(_session, _collector, Spec(content), "preparing the listing", cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.NativeCode == "InvalidProperty")
        {
            // A system that says a version and lacks what came with it: what every version has is enough to go on.
            _ = await _client.CreateFilterAsync(_session, _collector, Spec(content with { Speak = "4.1" }), "preparing the listing", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Has the collector tell the latest page of the system's events too. Who may not read events has none.</summary>
    private async Task FollowEventsAsync(CancellationToken cancellationToken)
    {
        const string What = "following events";
        if (_client.Content.EventManager.IsEmpty)
            return;
        try
        {
            _events = await _client.CallInAsync(_session, new SoapCall("CreateCollectorForEvents", _client.Content.EventManager, What, static writer => writer.Inside("filter", null, static _ => { })), Properties.ReadRef, cancellationToken).ConfigureAwait(false);
            _ = await _client.CallInAsync(_session, new SoapCall("SetCollectorPageSize", _events, What, static writer => writer.Number("maxCount", EventsOnAPage)), static _ => true, cancellationToken).ConfigureAwait(false);
            _ = await _client.CreateFilterAsync(_session, _collector, new FilterSpec([("EventHistoryCollector", ["latestPage"])], [_events]), What, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error is ProviderError.PermissionDenied or ProviderError.NotCapable)
        {
            _events = default; // Changes of objects are told all the same.
        }
    }

    private FilterSpec Spec(ServiceContent content)
    {
        var properties = Paths.All(content);
        return content.CustomFieldsManager is { } fields
            ? new FilterSpec([.. properties, ("CustomFieldsManager", ["field"])], [fields], _view)
            : new FilterSpec(properties, [], _view);
    }
}
