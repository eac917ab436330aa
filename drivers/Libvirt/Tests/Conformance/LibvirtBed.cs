using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.Libvirt.Wire;

namespace Anyvisor.Drivers.Libvirt.Tests.Conformance;

/// <summary>One hypervisor of a real libvirtd. Guests that the driver can't make are defined past it.</summary>
public abstract class LibvirtBed(string variable, Func<string, string> url) : DriverBed
{
    public override string? Absent { get; } =
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } ? null : $"{variable} names no libvirtd; ./test starts one.";

    public override IDriver Driver { get; } = new LibvirtDriver();

    public override ProviderAddress Address => new() { Provider = "bed", Url = url(Environment.GetEnvironmentVariable(variable)!) };

    public override ProviderAddress DeadAddress => new() { Provider = "bed", Url = "qemu+unix:///system?socket=/nonexistent/libvirt-sock" };

    private LibvirtClient Client => ((Connection)Connection).Daemon.Client;

    protected async Task<string> DefineAsync(string name, string xml, CancellationToken cancellationToken)
    {
        await Client.DomainDefineXmlFlagsAsync(xml, 0, cancellationToken);
        return name;
    }

    public override async Task RemoveGuestAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var guest = await Client.DomainLookupByNameAsync(name, cancellationToken);
            if (guest.Id >= 0)
                await Client.DomainDestroyFlagsAsync(guest, 0, cancellationToken);
            await Client.DomainUndefineFlagsAsync(guest, 0, cancellationToken);
        }
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.NoDomain)
        {
            return; // The test deleted it.
        }
    }
}
