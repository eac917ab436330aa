using System.Runtime.CompilerServices;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Drivers.Sim.Options;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

internal sealed partial class Connection
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly Heartbeat StillHere = new();
    private int _refresh;

    public void RequestRefresh() => Interlocked.Exchange(ref _refresh, 1);

    public async IAsyncEnumerable<Change> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        // Watch first, list then: what changes meanwhile comes after the listing and is not missed.
        using var watcher = estate.Watch();
        foreach (var change in Listing(first: true, cancellationToken))
            yield return change;
        using var ticks = new PeriodicTimer(Tick, time);
        var (listed, heard) = (time.GetTimestamp(), time.GetTimestamp());
        while (await ticks.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            await faults.PassAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            estate.Advance();
            while (watcher.TryTake(out var change))
            {
                heard = time.GetTimestamp();
                yield return change;
            }
            if (ListingDue(watcher, listed))
            {
                foreach (var change in Listing(first: false, cancellationToken))
                    yield return change;
                listed = heard = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(heard) >= Quiet)
            {
                heard = time.GetTimestamp();
                yield return StillHere;
            }
        }
    }

    private bool ListingDue(EstateWatcher watcher, long listed)
    {
        var relist = estate.Layout.Options.Relist;
        // Both flags are taken down, whichever of them asks.
        return watcher.TakeOverflow()
            | Interlocked.Exchange(ref _refresh, 0) != 0
            | (relist > TimeSpan.Zero && time.GetElapsedTime(listed) >= relist);
    }

    private IEnumerable<Change> Listing(bool first, CancellationToken cancellationToken)
    {
        yield return new SnapshotBegin([.. Enum.GetValues<ObjectKind>()]);
        if (first || !faults.Has(FaultKind.Empty))
        {
            foreach (var change in estate.List(half: !first && faults.Has(FaultKind.Half)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return change;
            }
        }
        yield return new SnapshotComplete();
    }
}
