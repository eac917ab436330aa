using System.Collections.Concurrent;
using Anyvisor.Drivers.Libvirt.Wire;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>One guest's state in a listing.</summary>
internal readonly record struct ListedGuest(DomainRef Ref, int State, int Reason);

/// <summary>A listing of guests with their states.</summary>
/// <param name="Guests">Each once.</param>
/// <param name="Complete">False when there are more than the daemon can list: then silence proves nothing.</param>
internal sealed record StateListing(IReadOnlyList<ListedGuest> Guests, bool Complete);

/// <summary>
/// Reads the state of all guests in as few calls as the daemon allows: one where it has bulk stats. The group of state
/// alone needs no answer from any guest's hypervisor process, so a hung guest holds nobody up.
/// </summary>
internal sealed class StateReader(LibvirtClient client)
{
    /// <summary>VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT.</summary>
    private const uint NoWait = 1u << 29;

    private const int CallsAtOnce = 64;

    private volatile bool _noBulk;
    private volatile bool _tooMany;

    /// <summary>Whether the daemon has bulk stats for this hypervisor, as far as has been seen.</summary>
    public bool HasBulkStats => !_noBulk;

    public async Task<StateListing> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_noBulk && !_tooMany)
        {
            try
            {
                var all = await client.ConnectGetAllDomainStatsAsync([], (uint)DomainStatsGroups.State, NoWait, cancellationToken).ConfigureAwait(false);
                return new StateListing([.. all.Select(Listed)], true);
            }
            catch (LibvirtException e) when (e.IsNotImplemented)
            {
                _noBulk = true;
            }
            catch (LibvirtException e) when (e.IsAnswerTooLarge)
            {
                _tooMany = true;
            }
        }
        var listing = await client.ListDomainsAsync(cancellationToken).ConfigureAwait(false);
        return new StateListing(await StatesAsync(listing.Domains, cancellationToken).ConfigureAwait(false), listing.IsComplete);
    }

    private async Task<IReadOnlyList<ListedGuest>> StatesAsync(IReadOnlyList<DomainRef> guests, CancellationToken cancellationToken)
    {
        if (_noBulk)
            return await OneByOneAsync(guests, cancellationToken).ConfigureAwait(false);
        var listed = new List<ListedGuest>(guests.Count);
        await foreach (var part in client.GetStatsAsync(guests, DomainStatsGroups.State, cancellationToken).ConfigureAwait(false))
            listed.AddRange(part.Select(Listed));
        return listed;
    }

    private async Task<IReadOnlyList<ListedGuest>> OneByOneAsync(IReadOnlyList<DomainRef> guests, CancellationToken cancellationToken)
    {
        var listed = new ConcurrentBag<ListedGuest>();
        await Parallel
            .ForEachAsync(
                guests,
                new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
                async (guest, token) =>
                {
                    try
                    {
                        var (state, reason) = await client.DomainGetStateAsync(guest, 0, token).ConfigureAwait(false);
                        listed.Add(new ListedGuest(guest, state, reason));
                    }
                    catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
                    {
                        // Gone since it was listed.
                    }
                }
            )
            .ConfigureAwait(false);
        return [.. listed];
    }

    private static ListedGuest Listed(DomainStats stats) =>
        new(
            stats.Domain,
            (int)(stats.Params.Find("state.state")?.AsLong() ?? Mapping.NoState),
            (int)(stats.Params.Find("state.reason")?.AsLong() ?? 0)
        );
}
