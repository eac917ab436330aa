using Anyvisor.Drivers.Conformance;

namespace Anyvisor.Drivers.Libvirt.Tests.Conformance;

/// <summary>Paravirtual guests on a true Xen host; <c>./test --beds</c> runs one inside QEMU.</summary>
public sealed class XenBed() : LibvirtBed("ANYVISOR_TEST_XEN_URI", xen => xen)
{
    private const string Kernel = "/var/lib/libvirt/images/hello";

    private const string Os = "<type arch='x86_64' machine='xenpv'>linux</type>";

    public override Task<string> MakeGuestAsync(string name, CancellationToken cancellationToken) =>
        DefineAsync(
            name,
            $"""
            <domain type='xen'><name>{name}</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
            <os>{Os}<kernel>{Kernel}/vmlinuz</kernel><initrd>{Kernel}/initrd</initrd><cmdline>console=hvc0 quiet</cmdline></os>
            <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
            <devices><console type='pty'><target type='xen'/></console></devices></domain>
            """,
            cancellationToken
        );
}

public sealed class XenConformance(XenBed bed) : DriverConformance<XenBed>(bed);
