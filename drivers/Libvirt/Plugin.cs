using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>
/// KVM, QEMU, Xen and LXC through libvirt's own protocol, spoken in managed code: no library of libvirt is needed on
/// our side. See README.md beside this file for versions, quirks and the rights that it needs.
/// </summary>
public sealed class LibvirtDriver : IDriver
{
    public DriverInfo Info { get; } = new()
    {
        Kind = "libvirt",
        Description = "KVM, QEMU, Xen and LXC hosts through libvirt",
        UrlExamples = ["qemu:///system", "qemu+ssh://root@host/system", "qemu+tls://host/system", "xen+ssh://root@host/", "lxc:///system", "test:///default"],
        Settings = ProviderSettings.Declared,
        GuestSettings = GuestSettings.Declared,
        Verbs = FacetVerbs.Of<Connection>(),
    };

    public string? Validate(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        try
        {
            _ = LibvirtUri.Parse(address.Url);
            _ = ProviderSettings.Parse(address.Settings);
            return null;
        }
        catch (LibvirtException e)
        {
            return e.Message;
        }
        catch (ProviderException e)
        {
            return e.Message;
        }
    }

    public async Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(context);
        return await Connection.OpenAsync(address, context, cancellationToken).ConfigureAwait(false);
    }
}
