using System.Collections.Concurrent;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>
/// Keeps the guests in step: a listing, then looks at what events name, and between them the state of all in one cheap
/// call, which also finds what no event told. The one writer of guests and snapshots.
/// </summary>
internal sealed partial class GuestWatch(
    LibvirtClient client,
    HostFacts host,
    GuestSet guests,
    SnapshotLister snapshots,
    ChangeWriter changes,
    TimeProvider time,
    ILogger log
)
{
    // virConnectListAllDomainsFlags.
    private const uint Transient = 8;
    private const uint ManagedSave = 256;
    private const uint HasSnapshots = 4096;

    private const int LooksAtOnce = 32;

    /// <summary>Changes of a stopped guest's definition tell no event: each XML is read again after this time.</summary>
    private static readonly TimeSpan XmlAge = TimeSpan.FromMinutes(10);

    /// <summary>How many XMLs one listing reads only for their age.</summary>
    private const int AgedAtOnce = 256;

    /// <summary>What one guest may take before its look is given up, so that it holds up no other.</summary>
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(8);

    private readonly StateReader _states = new(client);
    private readonly bool _hasSnapshots = !host.Traits.Lacks.ContainsKey(Verb.SnapshotCreate);

    /// <summary>Reads everything and writes it as a full listing of guests and snapshots, with what else is given.</summary>
    public async Task ListAsync(ObjectKind[] otherKinds, IReadOnlyList<Change> others, CancellationToken cancellationToken)
    {
        var listingTask = _states.ReadAsync(cancellationToken);
        var transientTask = FilteredAsync(Transient, cancellationToken);
        var savedTask = FilteredAsync(ManagedSave, cancellationToken);
        var snapshotsTask = _hasSnapshots ? FilteredAsync(HasSnapshots, cancellationToken) : Task.FromResult<HashSet<Guid>?>([]);
        var listing = await listingTask.ConfigureAwait(false);
        var flags = new Flags(
            await transientTask.ConfigureAwait(false),
            await savedTask.ConfigureAwait(false),
            await snapshotsTask.ConfigureAwait(false)
        );
        var seen = await LookAtAllAsync(listing, flags, cancellationToken).ConfigureAwait(false);
        if (listing.Complete)
        {
            var present = seen.Select(s => s.Known.Ref.Uuid).ToHashSet();
            foreach (var gone in guests.All.Where(g => !present.Contains(g.Ref.Uuid)))
                guests.Drop(gone.Ref.Uuid);
            await changes.WriteListingAsync([ObjectKind.Guest, ObjectKind.Snapshot, .. otherKinds], [.. others, .. seen.SelectMany(AsChanges)], cancellationToken).ConfigureAwait(false);
            return;
        }
        // More guests than libvirt can list: what is not seen may be there.
        LogIncomplete(log, host.Hostname, listing.Guests.Count);
        foreach (var change in others.Concat(seen.SelectMany(AsChanges)))
            await changes.WriteAsync(change, cancellationToken).ConfigureAwait(false);
        await changes.WriteAsync(new Notice(ObjectKind.Host, null, $"{host.Hostname} has more guests than libvirt's protocol can list: some may not be shown."), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One cheap call for all states; what differs from what is known is written, or looked at closely.</summary>
    public async Task PollAsync(CancellationToken cancellationToken)
    {
        var listing = await _states.ReadAsync(cancellationToken).ConfigureAwait(false);
        var closer = new Dirty();
        var present = new HashSet<Guid>(listing.Guests.Count);
        foreach (var listed in listing.Guests)
        {
            present.Add(listed.Ref.Uuid);
            var known = guests.Find(listed.Ref.Uuid);
            if (known is null || known.Ref != listed.Ref)
                closer.Guests.Add(listed.Ref.Uuid);
            else if (known.State == listed.State && known.Reason == listed.Reason)
                continue;
            else if (listed.State == Mapping.ShutOff || listed.Ref.Id < 0)
                closer.Guests.Add(listed.Ref.Uuid); // Off, or suspended: the list does not say. Or it was started since it was listed, and its state asked after that.
            else
                await WriteStateAsync(known, listed, cancellationToken).ConfigureAwait(false);
        }
        if (listing.Complete)
            closer.Guests.UnionWith(guests.All.Select(g => g.Ref.Uuid).Where(uuid => !present.Contains(uuid)));
        await LookAsync(closer, ObservationSource.Poll, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at the guests that are marked, each for itself.</summary>
    public async Task LookAsync(Dirty dirty, ObservationSource source, CancellationToken cancellationToken)
    {
        await Parallel
            .ForEachAsync(
                dirty.Guests,
                new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken },
                async (uuid, token) => await LookAtOneAsync(uuid, dirty.Snapshots.Contains(uuid), source, token).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        foreach (var uuid in dirty.Remake)
            if (!dirty.Guests.Contains(uuid) && guests.Find(uuid) is { } known)
                await WriteRemadeAsync(known, cancellationToken).ConfigureAwait(false);
    }

    private async Task LookAtOneAsync(Guid uuid, bool readSnapshots, ObservationSource source, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(LookTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var guest = await client.DomainLookupByUuidAsync(uuid, both.Token).ConfigureAwait(false);
            var before = guests.Find(uuid);
            var (known, xml) = await guests.LookAsync(guest, source, both.Token).ConfigureAwait(false);
            if (_hasSnapshots)
                known = known with { Snapshots = await snapshots.ListAsync(guest, known.Snapshots, readSnapshots, both.Token).ConfigureAwait(false) };
            guests.Hold(known);
            var native = xml is null || before?.XmlHash == known.XmlHash ? default : NativeJson.Of("domain", xml);
            await changes.WriteAsync(new Seen(known.Guest, native), cancellationToken).ConfigureAwait(false);
            await WriteSnapshotsAsync(before, known, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
        {
            await WriteGoneAsync(uuid, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            LogLookFailed(log, uuid, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogLookTimedOut(log, uuid, LookTimeout.TotalSeconds);
        }
    }

    private async Task WriteStateAsync(KnownGuest known, ListedGuest listed, CancellationToken cancellationToken)
    {
        var look = new GuestLook(listed.Ref, listed.State, listed.Reason, false, known.Persistent, ObservationSource.Poll, Now);
        var next = guests.Make(look, known.Description);
        guests.Hold(next);
        await changes.WriteAsync(
                new GuestStateSeen(next.Guest.NativeId, next.Guest.Power, next.Guest.Transition, next.Guest.Raw, ObservationSource.Poll, look.At),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task WriteRemadeAsync(KnownGuest known, CancellationToken cancellationToken)
    {
        var look = new GuestLook(known.Ref, known.State, known.Reason, known.ManagedSave, known.Persistent, known.Guest.Source, Now);
        var next = guests.Make(look, known.Description);
        guests.Hold(next);
        await changes.WriteAsync(new Seen(next.Guest), cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteSnapshotsAsync(KnownGuest? before, KnownGuest now, CancellationToken cancellationToken)
    {
        foreach (var snapshot in now.Snapshots)
            if (before?.Snapshots.Contains(snapshot) is not true)
                await changes.WriteAsync(new Seen(snapshot), cancellationToken).ConfigureAwait(false);
        foreach (var old in before?.Snapshots ?? [])
            if (!now.Snapshots.Any(s => s.NativeId == old.NativeId))
                await changes.WriteAsync(new Gone(ObjectKind.Snapshot, old.NativeId), cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteGoneAsync(Guid uuid, CancellationToken cancellationToken)
    {
        if (guests.Drop(uuid) is not { } gone)
            return;
        foreach (var snapshot in gone.Snapshots)
            await changes.WriteAsync(new Gone(ObjectKind.Snapshot, snapshot.NativeId), cancellationToken).ConfigureAwait(false);
        await changes.WriteAsync(new Gone(ObjectKind.Guest, gone.Guest.NativeId), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyCollection<SeenGuest>> LookAtAllAsync(StateListing listing, Flags flags, CancellationToken cancellationToken)
    {
        var old = Now - XmlAge;
        var aged = guests.All.Where(g => g.XmlReadAt < old).OrderBy(g => g.XmlReadAt).Take(AgedAtOnce).Select(g => g.Ref.Uuid).ToHashSet();
        var seen = new ConcurrentBag<SeenGuest>();
        await Parallel
            .ForEachAsync(
                listing.Guests,
                new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken },
                async (listed, token) =>
                {
                    if (await LookAtListedAsync(listed, flags, aged.Contains(listed.Ref.Uuid), token).ConfigureAwait(false) is not { } look)
                        return;
                    guests.Hold(look.Known);
                    seen.Add(look);
                }
            )
            .ConfigureAwait(false);
        return seen;
    }

    private async Task<SeenGuest?> LookAtListedAsync(ListedGuest listed, Flags flags, bool aged, CancellationToken cancellationToken)
    {
        var before = guests.Find(listed.Ref.Uuid);
        var look = new GuestLook(listed.Ref, listed.State, listed.Reason, flags.IsSaved(listed), flags.IsPersistent(listed), ObservationSource.Poll, Now);
        using var timeout = new CancellationTokenSource(LookTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            string? xml = null;
            if (before?.Description is null || aged || before.Ref != listed.Ref || before.State != listed.State)
                xml = await client.DomainGetXmlDescAsync(listed.Ref, 0, both.Token).ConfigureAwait(false);
            var known = xml is null ? guests.Make(look, before!.Description) : guests.Make(look, xml);
            if (flags.HasSnapshots(listed) || known.Snapshots.Length > 0)
                known = known with { Snapshots = await snapshots.ListAsync(listed.Ref, known.Snapshots, false, both.Token).ConfigureAwait(false) };
            return new SeenGuest(known, xml is null || before?.XmlHash == known.XmlHash ? default : NativeJson.Of("domain", xml));
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
        {
            return null;
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            LogLookFailed(log, listed.Ref.Uuid, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogLookTimedOut(log, listed.Ref.Uuid, LookTimeout.TotalSeconds);
        }
        // It is listed, so it is there: shown by what was known, or by its name and state alone.
        return new SeenGuest(guests.Make(look, before?.Description), default);
    }

    /// <summary>The guests that a filter of the daemon lets through; null when there are too many to say.</summary>
    private async Task<HashSet<Guid>?> FilteredAsync(uint filter, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await client.ConnectListAllDomainsAsync(filter, cancellationToken).ConfigureAwait(false)).Select(g => g.Uuid)];
        }
        catch (LibvirtException e) when (e.IsAnswerTooLarge || e.IsNotImplemented)
        {
            return null;
        }
    }

    private static IEnumerable<Change> AsChanges(SeenGuest seen)
    {
        yield return new Seen(seen.Known.Guest, seen.Native);
        foreach (var snapshot in seen.Known.Snapshots)
            yield return new Seen(snapshot);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private readonly record struct SeenGuest(KnownGuest Known, ReadOnlyMemory<byte> Native);

    /// <summary>What the daemon's filters tell of guests; null where a list was too long, which takes the common case.</summary>
    private sealed record Flags(HashSet<Guid>? Transient, HashSet<Guid>? Saved, HashSet<Guid>? WithSnapshots)
    {
        public bool IsPersistent(ListedGuest guest) => Transient?.Contains(guest.Ref.Uuid) is not true;

        public bool IsSaved(ListedGuest guest) => Saved?.Contains(guest.Ref.Uuid) is true;

        public bool HasSnapshots(ListedGuest guest) => WithSnapshots is null || WithSnapshots.Contains(guest.Ref.Uuid);
    }
}
