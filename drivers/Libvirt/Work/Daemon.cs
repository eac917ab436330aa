using System.Collections.Concurrent;
using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Watching;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>What planning and doing work needs of the other end.</summary>
internal sealed class Daemon(LibvirtClient client, Watch watch, HostFacts host, ProviderSettings settings, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Arch, string Type, string? Machine), DomainCapabilities> _capabilities = new();

    public LibvirtClient Client => client;
    public Watch Watch => watch;
    public HostFacts Host => host;
    public ProviderSettings Settings => settings;
    public TimeProvider Time => time;
    public Storage Storage { get; } = new(client, watch.Deleted);

    /// <summary>What guests of this architecture may have. Asked once: the answer changes with the host's packages alone.</summary>
    public async Task<DomainCapabilities> CapabilitiesAsync(string arch, string type, string? machine, CancellationToken cancellationToken)
    {
        if (_capabilities.TryGetValue((arch, type, machine), out var known))
            return known;
        var xml = await Calls.AskAsync(client.ConnectGetDomainCapabilitiesAsync(null, arch, machine, type, 0, cancellationToken), $"read what {arch} guests may have on {host.Hostname}")
            .ConfigureAwait(false);
        return _capabilities[(arch, type, machine)] = DomainCapabilities.Read(xml);
    }

    public Task<DomainRef?> FindGuestAsync(Guid uuid, CancellationToken cancellationToken) =>
        Calls.FindAsync(client.DomainLookupByUuidAsync(uuid, cancellationToken), $"find guest {uuid}");

    /// <exception cref="ProviderException">There is none of that identity.</exception>
    public async Task<DomainRef> GuestAsync(Guest guest, CancellationToken cancellationToken) =>
        await Calls.AskAsync(client.DomainLookupByUuidAsync(GuestFactory.Uuid(guest.NativeId), cancellationToken), $"find guest '{guest.Name}'").ConfigureAwait(false);

    /// <summary>A guest's XML as it is defined (<paramref name="flags"/> = 2) or as it runs (0).</summary>
    public Task<string> XmlAsync(DomainRef guest, uint flags, CancellationToken cancellationToken) =>
        Calls.AskAsync(client.DomainGetXmlDescAsync(guest, flags, cancellationToken), $"read the description of guest '{guest.Name}'");

    /// <exception cref="ProviderException">Another guest has the name.</exception>
    public async Task RequireFreeNameAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > 200 || name.Contains('/') || name.Any(char.IsControl) || name[0] is '.' or '-' || name.Trim() != name)
            throw new ProviderException(
                ProviderError.InvalidArgument,
                $"'{name}' can't be a guest's name here: at most 200 characters, no '/', no space at the ends, and no '.' or '-' at the start."
            );
        if (await Calls.FindAsync(client.DomainLookupByNameAsync(name, cancellationToken), $"look for guest '{name}'").ConfigureAwait(false) is not null)
            throw new ProviderException(ProviderError.Conflict, $"{host.Hostname} has a guest '{name}' already. Choose another name, or delete or rename that one.");
    }
}
