using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>
/// Everything there is, then what changes. Events are asked for before the first listing, so nothing falls between;
/// three loops run side by side (guests; pools and networks; addresses), so that a slow one delays only itself.
/// </summary>
internal sealed class Watch
{
    /// <summary>Time for more events of a storm to come in before guests are looked at again.</summary>
    private static readonly TimeSpan StormGap = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan PlacesEvery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PlacesGap = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SurroundingsEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HostEvery = TimeSpan.FromSeconds(15);

    /// <summary>The first listing waits so long for pools and networks, and comes without them then.</summary>
    private static readonly TimeSpan PatienceWithPlaces = TimeSpan.FromSeconds(5);

    /// <summary>So long without an answer to a listing or poll, and the daemon counts as hung.</summary>
    private static readonly TimeSpan DaemonTimeout = TimeSpan.FromSeconds(15);

    private readonly LibvirtClient _client;
    private readonly string _provider;
    private readonly HostFacts _host;
    private readonly ProviderSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly DirtySet _guestsDirty = new();
    private readonly DirtySet _placesDirty = new();
    private readonly SnapshotLister _snapshots;

    public Watch(LibvirtClient client, string provider, HostFacts host, GuestFactory factory, ProviderSettings settings, TimeProvider time, ILoggerFactory loggers)
    {
        _client = client;
        _provider = provider;
        _host = host;
        _settings = settings;
        _time = time;
        _loggers = loggers;
        Guests = new GuestSet(client, factory, time);
        Images = new ImageReader(client, provider, settings.ImagePool);
        _snapshots = new SnapshotLister(client, provider, factory, time);
    }

    public GuestSet Guests { get; }

    public ImageReader Images { get; }

    public void RequestRelist()
    {
        _guestsDirty.Mark(d => d.All = true);
        _placesDirty.Mark(d => d.Places = true);
    }

    /// <summary>A guest was changed by us: it is looked at now, with its snapshots.</summary>
    public void Touch(Guid guest) =>
        _guestsDirty.Mark(d =>
        {
            d.Guests.Add(guest);
            d.Snapshots.Add(guest);
        });

    /// <summary>Volumes or pools were changed by us.</summary>
    public void TouchPlaces() => _placesDirty.Mark(d => d.Places = true);

    /// <summary>A volume was deleted by us, which is certain: no second listing has to agree.</summary>
    public void Deleted(string volumeKey) =>
        _placesDirty.Mark(d =>
        {
            d.Places = true;
            d.Deleted.Add(volumeKey);
        });

    public async IAsyncEnumerable<Change> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = Channel.CreateBounded<Change>(new BoundedChannelOptions(1024) { SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var changes = new ChangeWriter(seen.Writer);
        var loops = LoopsAsync(changes, seen.Writer, stop.Token);
        try
        {
            await foreach (var change in seen.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return change;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await loops.ConfigureAwait(false);
        }
    }

    /// <summary>Runs the loops until one fails, and ends the stream with what it failed with.</summary>
    private async Task LoopsAsync(ChangeWriter changes, ChannelWriter<Change> writer, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var events = new EventPump(_client, _guestsDirty, _placesDirty, changes);
            await events.SubscribeAsync(stop.Token).ConfigureAwait(false);
            var places = new PlaceWatch(_client, _provider, _host.Hostname, Images, _time, _loggers.CreateLogger<PlaceWatch>());
            var pump = events.RunAsync(stop.Token);
            var guests = GuestsAsync(places, changes, stop.Token);
            var first = await Task.WhenAny(pump, guests).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pump, guests).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
            await first.ConfigureAwait(false);
            writer.TryComplete(new ProviderException(ProviderError.Unreachable, $"The watch of {_host.Hostname} ended."));
        }
        catch (LibvirtException e)
        {
            writer.TryComplete(Errors.Translate(e, $"watch {_host.Hostname}", mutating: false));
        }
        catch (ProviderException e)
        {
            writer.TryComplete(e);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            writer.TryComplete();
        }
    }

    private async Task GuestsAsync(PlaceWatch places, ChangeWriter changes, CancellationToken cancellationToken)
    {
        var watch = new GuestWatch(_client, _host, Guests, _snapshots, changes, _time, _loggers.CreateLogger<GuestWatch>());
        await FirstListingAsync(watch, places, changes, cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops =
        [
            GuestLoopAsync(watch, changes, stop.Token),
            PlaceLoopAsync(places, changes, stop.Token),
            SurroundingsLoopAsync(changes, stop.Token),
        ];
        var first = await Task.WhenAny(loops).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        await first.ConfigureAwait(false);
    }

    private async Task FirstListingAsync(GuestWatch watch, PlaceWatch places, ChangeWriter changes, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(PatienceWithPlaces, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var found = new Places([], VolumeIndex.Empty, []);
        try
        {
            found = await places.ListAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _placesDirty.Mark(d => d.Places = true);
        }
        Guests.Volumes = found.Volumes;
        await WithinAsync(t => ListAsync(watch, found, t), cancellationToken).ConfigureAwait(false);
        await changes.WriteAsync(new Heartbeat(), cancellationToken).ConfigureAwait(false);
    }

    private async Task ListAsync(GuestWatch watch, Places? found, CancellationToken cancellationToken)
    {
        var host = await HostAsync(cancellationToken).ConfigureAwait(false);
        await watch.ListAsync([ObjectKind.Host, .. found?.Kinds ?? []], [host, .. found?.Seen ?? []], cancellationToken).ConfigureAwait(false);
    }

    private async Task GuestLoopAsync(GuestWatch watch, ChangeWriter changes, CancellationToken cancellationToken)
    {
        var poll = _time.GetTimestamp();
        var relist = poll;
        while (true)
        {
            await WaitAsync(_guestsDirty.Marked, _settings.Poll - _time.GetElapsedTime(poll), cancellationToken).ConfigureAwait(false);
            var dirty = _guestsDirty.Take();
            if (dirty.All || _time.GetElapsedTime(relist) >= _settings.Relist)
            {
                relist = poll = _time.GetTimestamp();
                await WithinAsync(t => ListAsync(watch, null, t), cancellationToken).ConfigureAwait(false);
            }
            if (dirty.Guests.Count + dirty.Remake.Count > 0)
                await watch.LookAsync(dirty, ObservationSource.Event, cancellationToken).ConfigureAwait(false);
            if (_time.GetElapsedTime(poll) >= _settings.Poll)
            {
                poll = _time.GetTimestamp();
                await WithinAsync(watch.PollAsync, cancellationToken).ConfigureAwait(false);
                await changes.WriteAsync(new Heartbeat(), cancellationToken).ConfigureAwait(false);
            }
            if (dirty.Any)
                await Task.Delay(StormGap, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PlaceLoopAsync(PlaceWatch places, ChangeWriter changes, CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitAsync(_placesDirty.Marked, PlacesEvery, cancellationToken).ConfigureAwait(false);
            var deleted = _placesDirty.Take().Deleted;
            var found = await places.ListAsync(cancellationToken).ConfigureAwait(false);
            Guests.Volumes = found.Volumes;
            await changes.WriteListingAsync(found.Kinds, found.Seen, cancellationToken).ConfigureAwait(false);
            // What was made anew under the same name is there again.
            deleted.ExceptWith(found.Seen.OfType<Seen>().Select(s => s.Object.NativeId.ToString()));
            foreach (var key in deleted)
            {
                await changes.WriteAsync(new Gone(ObjectKind.Volume, new NativeId(key)), cancellationToken).ConfigureAwait(false);
                await changes.WriteAsync(new Gone(ObjectKind.Image, new NativeId(key)), cancellationToken).ConfigureAwait(false);
            }
            RemakeWhereDisksChanged();
            await Task.Delay(PlacesGap, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SurroundingsLoopAsync(ChangeWriter changes, CancellationToken cancellationToken)
    {
        var surroundings = new SurroundingsWatch(_client, _host, Guests, _guestsDirty, _time);
        var host = _time.GetTimestamp();
        while (true)
        {
            await surroundings.LookAsync(cancellationToken).ConfigureAwait(false);
            await Task.Delay(SurroundingsEvery, _time, cancellationToken).ConfigureAwait(false);
            if (_time.GetElapsedTime(host) < HostEvery)
                continue;
            host = _time.GetTimestamp();
            await changes.WriteAsync(await HostAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    private void RemakeWhereDisksChanged()
    {
        foreach (var guest in Guests.All)
            if (guest.Description is { } description && !GuestFactory.Disks(description, Guests.Volumes).SequenceEqual(guest.Guest.Disks))
                _guestsDirty.Mark(d => d.Remake.Add(guest.Ref.Uuid));
    }

    private async Task<Seen> HostAsync(CancellationToken cancellationToken)
    {
        long? free = null;
        try
        {
            free = (long)Math.Min(await _client.NodeGetFreeMemoryAsync(cancellationToken).ConfigureAwait(false), long.MaxValue);
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            free = null; // The test driver of old versions does not say.
        }
        return new Seen(_host.ToHost(_provider, free, _time.GetUtcNow().UtcDateTime));
    }

    /// <summary>The daemon answers within its time or counts as hung; the session connects anew then.</summary>
    private async Task WithinAsync(Func<CancellationToken, Task> listing, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(DaemonTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await listing(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderError.TimedOut, $"libvirt on {_host.Hostname} did not list its guests within {DaemonTimeout.TotalSeconds} s.");
        }
    }

    private async Task WaitAsync(Task marked, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (atMost <= TimeSpan.Zero)
            return;
        try
        {
            await marked.WaitAsync(atMost, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return;
        }
    }
}
