using System.Runtime.CompilerServices;

namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>virDomainStatsTypes: what a bulk call tells of each guest.</summary>
[Flags]
internal enum DomainStatsGroups : uint
{
    State = 1,
    CpuTotal = 2,
    Balloon = 4,
    Vcpu = 8,
    Interface = 16,
    Block = 32,
    Perf = 64,
    IoThread = 128,
    Memory = 256,
    DirtyRate = 512,
    Vm = 1024,
}

internal sealed partial class LibvirtClient
{
    // virConnectGetAllDomainStatsFlags: no filter, or VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT. With it a guest
    // whose monitor is busy gives what is known without it, so one hung guest does not hold up the others.
    private const uint NoWait = 1u << 29;

    private const int StatsPart = 1024;

    private volatile uint _statsFlags = NoWait;

    /// <summary>
    /// Stats of all guests: one call where the answer fits, else in parts. A guest that can't tell a group
    /// leaves it out; a hypervisor without bulk stats throws with <see cref="LibvirtException.IsNotImplemented"/>.
    /// </summary>
    public async Task<IReadOnlyList<DomainStats>> GetAllStatsAsync(DomainStatsGroups groups, CancellationToken cancellationToken)
    {
        try
        {
            return await AskStatsAsync([], groups, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.IsAnswerTooLarge)
        {
            var all = await ListDomainsAsync(cancellationToken).ConfigureAwait(false);
            List<DomainStats> stats = new(all.Domains.Count);
            await foreach (var part in GetStatsAsync(all.Domains, groups, cancellationToken).ConfigureAwait(false))
                stats.AddRange(part);
            return stats;
        }
    }

    /// <summary>
    /// Processor time of the host in nanoseconds by kind (kernel, user, idle, iowait, ...); -1 for all processors.
    /// </summary>
    public async Task<NodeStat[]> GetNodeCpuStatsAsync(int cpu, CancellationToken cancellationToken)
    {
        // The daemon wants to be asked for exactly as many as it has.
        var count = await NodeGetCpuStatsAsync(cpu, 0, 0, cancellationToken).ConfigureAwait(false);
        return (await NodeGetCpuStatsAsync(cpu, count.Count, 0, cancellationToken).ConfigureAwait(false)).Params;
    }

    /// <summary>Memory of the host in KiB by kind (total, free, buffers, cached); -1 for all NUMA cells.</summary>
    public async Task<NodeStat[]> GetNodeMemoryStatsAsync(int cell, CancellationToken cancellationToken)
    {
        var count = await NodeGetMemoryStatsAsync(0, cell, 0, cancellationToken).ConfigureAwait(false);
        return (await NodeGetMemoryStatsAsync(count.Count, cell, 0, cancellationToken).ConfigureAwait(false)).Params;
    }

    /// <summary>Stats of these guests, part by part, in their order; a guest that is gone is left out.</summary>
    public async IAsyncEnumerable<IReadOnlyList<DomainStats>> GetStatsAsync(
        IReadOnlyList<DomainRef> domains, DomainStatsGroups groups, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var part in domains.Chunk(StatsPart))
            yield return await GetPartAsync(part, groups, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DomainStats[]> AskStatsAsync(DomainRef[] domains, DomainStatsGroups groups, CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectGetAllDomainStatsAsync(domains, (uint)groups, _statsFlags, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (_statsFlags != 0 && e.Code is LibvirtErrorCode.InvalidArg or LibvirtErrorCode.ArgumentUnsupported)
        {
            // libvirt before 4.5, and some hypervisors' drivers since, do not know NOWAIT.
            _statsFlags = 0;
            return await ConnectGetAllDomainStatsAsync(domains, (uint)groups, 0, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<DomainStats>> GetPartAsync(DomainRef[] part, DomainStatsGroups groups, CancellationToken cancellationToken)
    {
        try
        {
            return await AskStatsAsync(part, groups, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (part.Length == 1 && e.Code == LibvirtErrorCode.NoDomain)
        {
            return [];
        }
        catch (LibvirtException e) when (part.Length > 1 && (e.IsAnswerTooLarge || e.Code == LibvirtErrorCode.NoDomain))
        {
            // Too much for one answer, or one that is gone spoils it for all: halves find out.
            var half = part.Length / 2;
            var first = await GetPartAsync(part[..half], groups, cancellationToken).ConfigureAwait(false);
            var second = await GetPartAsync(part[half..], groups, cancellationToken).ConfigureAwait(false);
            return [.. first, .. second];
        }
    }
}
