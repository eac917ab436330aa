using System.Collections.Immutable;
using System.Net;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>
/// Finds guests' addresses and operating systems: leases of libvirt's networks in one call a network, the host's ARP
/// table, and the agent in the guest where one answers. Apart from the watch of states: an agent that hangs delays
/// only this.
/// </summary>
internal sealed class SurroundingsWatch(LibvirtClient client, HostFacts host, GuestSet guests, DirtySet dirty, TimeProvider time)
{
    // virDomainInterfaceAddressesSource.
    private const uint FromAgent = 1;
    private const uint FromArp = 2;

    /// <summary>VIR_CONNECT_LIST_NETWORKS_ACTIVE.</summary>
    private const uint ActiveNetworks = 2;

    /// <summary>VIR_DOMAIN_GUEST_INFO_OS.</summary>
    private const uint OsInfo = 2;

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Agents are slow calls, of which the client makes three at a time; others need them too.</summary>
    private const int AgentsAtOnce = 2;

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var running = guests.All.Where(g => g is { Active: true, Description.Nics.IsEmpty: false }).ToList();
        if (running.Count == 0)
            return;
        var leases = await LeasesAsync(cancellationToken).ConfigureAwait(false);
        await Parallel
            .ForEachAsync(
                running,
                new ParallelOptions { MaxDegreeOfParallelism = AgentsAtOnce, CancellationToken = cancellationToken },
                async (guest, token) => await LookAtOneAsync(guest, leases, token).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
    }

    private async Task LookAtOneAsync(KnownGuest guest, Dictionary<MacAddress, ImmutableArray<string>> leases, CancellationToken cancellationToken)
    {
        var before = guests.Surroundings(guest.Ref.Uuid);
        var addresses = ImmutableDictionary.CreateBuilder<MacAddress, ImmutableArray<string>>();
        foreach (var nic in guest.Description!.Nics)
            if (nic.Mac is { } mac && leases.TryGetValue(mac, out var leased))
                addresses[mac] = leased;
        var os = before.Os;
        if (guest.Description.AgentConnected)
        {
            Merge(addresses, await AskAsync(t => client.DomainInterfaceAddressesAsync(guest.Ref, FromAgent, 0, t), cancellationToken).ConfigureAwait(false));
            os ??= OsOf(await AskAsync(t => client.DomainGetGuestInfoAsync(guest.Ref, OsInfo, 0, t), cancellationToken).ConfigureAwait(false));
        }
        else if (host.Traits.HasAgent && addresses.Count < guest.Description.Nics.Length && !guest.Description.Nics.All(n => n.Network is null or "user"))
            Merge(addresses, await AskAsync(t => client.DomainInterfaceAddressesAsync(guest.Ref, FromArp, 0, t), cancellationToken).ConfigureAwait(false));
        if (Same(before, addresses) && Equals(os, before.Os))
            return;
        guests.HoldSurroundings(guest.Ref.Uuid, new GuestSurroundings { Addresses = addresses.ToImmutable(), Os = os });
        dirty.Mark(d => d.Remake.Add(guest.Ref.Uuid));
    }

    private async Task<Dictionary<MacAddress, ImmutableArray<string>>> LeasesAsync(CancellationToken cancellationToken)
    {
        var leases = new Dictionary<MacAddress, ImmutableArray<string>>();
        foreach (var network in await AskAsync(t => client.ConnectListAllNetworksAsync(ActiveNetworks, t), cancellationToken).ConfigureAwait(false) ?? [])
        {
            foreach (var lease in await AskAsync(t => client.NetworkGetDhcpLeasesAsync(network, null, 0, t), cancellationToken).ConfigureAwait(false) ?? [])
                if (MacAddress.TryParse(lease.Mac, out var mac) && !leases.GetValueOrDefault(mac, []).Contains(lease.Ipaddr))
                    leases[mac] = leases.GetValueOrDefault(mac, []).Add(lease.Ipaddr);
        }
        return leases;
    }

    /// <summary>Null where the daemon, hypervisor or guest does not answer: it is asked again at the next turn.</summary>
    private async Task<T?> AskAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await call(both.Token).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Addresses that can be reached from elsewhere: no loopback, no link-local ones.</summary>
    private static void Merge(ImmutableDictionary<MacAddress, ImmutableArray<string>>.Builder addresses, GuestInterface[]? told)
    {
        foreach (var nic in told ?? [])
        {
            if (!MacAddress.TryParse(nic.Hwaddr, out var mac) || mac.Value == 0)
                continue;
            foreach (var (_, text, _) in nic.Addrs)
                if (IPAddress.TryParse(text, out var address) && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !addresses.GetValueOrDefault(mac, []).Contains(text))
                    addresses[mac] = addresses.GetValueOrDefault(mac, []).Add(text);
        }
    }

    private static OperatingSystemInfo? OsOf(TypedParameter[]? told)
    {
        if (told?.Find("os.id")?.AsString() is not { Length: > 0 } id)
            return null;
        return new OperatingSystemInfo
        {
            Family = LibosinfoIds.FamilyOfRelease(id),
            Distribution = id,
            Version = told.Find("os.version-id")?.AsString() ?? told.Find("os.version")?.AsString(),
        };
    }

    private static bool Same(GuestSurroundings before, ImmutableDictionary<MacAddress, ImmutableArray<string>>.Builder now) =>
        before.Addresses.Count == now.Count && now.All(n => before.Addresses.TryGetValue(n.Key, out var old) && old.AsSpan().SequenceEqual(n.Value.AsSpan()));
}
