namespace Anyvisor.Drivers.Libvirt.Wire;

/// <param name="Domains">Each guest once.</param>
/// <param name="IsComplete">False when there are more guests than any of the daemon's lists can show.</param>
internal sealed record DomainListing(IReadOnlyList<DomainRef> Domains, bool IsComplete);

// The protocol carries at most 16,384 domains in one answer and refuses longer lists. Behind that, the list is
// asked for in parts by what the daemon can filter by.
internal sealed partial class LibvirtClient
{
    // virConnectListAllDomainsFlags in groups: each guest is on one side of every group. The groups that split
    // best come first.
    private static readonly uint[][] FilterGroups =
    [
        [1, 2], // active, inactive
        [16, 32, 64, 128], // running, paused, shut off, any other state
        [1024, 2048], // autostart, not
        [4096, 8192], // has snapshots, not
        [256, 512], // has a managed save image, not
        [4, 8], // persistent, transient
        [16384, 32768], // has checkpoints, not
    ];

    /// <summary>All guests, in one call where the protocol allows it.</summary>
    public async Task<DomainListing> ListDomainsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new DomainListing(await ConnectListAllDomainsAsync(0, cancellationToken).ConfigureAwait(false), true);
        }
        catch (LibvirtException e) when (e.IsAnswerTooLarge)
        {
            return await ListInPartsAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<DomainListing> ListInPartsAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, DomainRef>();
        List<uint> parts = [];
        List<uint> stuck = [];
        await SplitAsync(0, 0, found, parts, stuck, cancellationToken).ConfigureAwait(false);
        // A guest that changed sides between two parts may have been in neither. Asked again in the other
        // order it is missed only if it changed back in between as well, and its events tell of that.
        for (var i = parts.Count - 1; i >= 0; i--)
            await TryAddAsync(parts[i], found, cancellationToken).ConfigureAwait(false);
        var complete = stuck.Count == 0 || await LookUpAsync(stuck, found, cancellationToken).ConfigureAwait(false);
        return new DomainListing([.. found.Values], complete);
    }

    private async Task SplitAsync(
        uint filter, int group, Dictionary<Guid, DomainRef> found, List<uint> parts, List<uint> stuck, CancellationToken cancellationToken)
    {
        if (group == FilterGroups.Length)
        {
            stuck.Add(filter);
            return;
        }
        foreach (var side in FilterGroups[group])
        {
            if (await TryAddAsync(filter | side, found, cancellationToken).ConfigureAwait(false))
                parts.Add(filter | side);
            else
                await SplitAsync(filter | side, group + 1, found, parts, stuck, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAddAsync(uint filter, Dictionary<Guid, DomainRef> found, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var domain in await ConnectListAllDomainsAsync(filter, cancellationToken).ConfigureAwait(false))
                found[domain.Uuid] = domain;
            return true;
        }
        catch (LibvirtException e) when (e.IsAnswerTooLarge)
        {
            return false;
        }
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.InvalidArg or LibvirtErrorCode.ArgumentUnsupported or LibvirtErrorCode.NoSupport)
        {
            // A hypervisor's driver without, say, checkpoints does not know their filter: it can't split by it.
            return false;
        }
    }

    /// <summary>
    /// No filter splits them further. The older calls give the first 16,384 ids of what runs and names of what
    /// does not; each is looked up. Whether that was all, the daemon's own count tells.
    /// </summary>
    private async Task<bool> LookUpAsync(List<uint> stuck, Dictionary<Guid, DomainRef> found, CancellationToken cancellationToken)
    {
        if (stuck.Exists(filter => (filter & 1) != 0))
        {
            var ids = await ConnectListDomainsAsync(Limits.DomainList, cancellationToken).ConfigureAwait(false);
            await AddAsync(ids, DomainLookupByIdAsync, found, cancellationToken).ConfigureAwait(false);
        }
        if (stuck.Exists(filter => (filter & 2) != 0))
        {
            var names = await ConnectListDefinedDomainsAsync(Limits.DomainList, cancellationToken).ConfigureAwait(false);
            await AddAsync(names, DomainLookupByNameAsync, found, cancellationToken).ConfigureAwait(false);
        }
        var running = await ConnectNumOfDomainsAsync(cancellationToken).ConfigureAwait(false);
        var defined = await ConnectNumOfDefinedDomainsAsync(cancellationToken).ConfigureAwait(false);
        return found.Count >= running + defined;
    }

    private static async Task AddAsync<T>(
        T[] keys, Func<T, CancellationToken, Task<DomainRef>> lookUp, Dictionary<Guid, DomainRef> found, CancellationToken cancellationToken)
    {
        foreach (var some in keys.Chunk(256))
        {
            await Task.WhenAll(some.Select(async key =>
            {
                try
                {
                    var domain = await lookUp(key, cancellationToken).ConfigureAwait(false);
                    lock (found)
                        found[domain.Uuid] = domain;
                }
                catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
                {
                    // Gone since it was listed.
                }
            })).ConfigureAwait(false);
        }
    }
}
