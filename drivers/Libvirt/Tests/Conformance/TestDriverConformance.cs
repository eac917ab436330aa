using Anyvisor.Drivers.Conformance;

namespace Anyvisor.Drivers.Libvirt.Tests.Conformance;

/// <summary>libvirt's own test driver, which has every verb's answer and no hypervisor.</summary>
public sealed class TestDriverBed() : LibvirtBed(Live.LiveBed.Variable, qemu => "test" + qemu[4..].Replace("/system", "/default", StringComparison.Ordinal))
{
    public override Task<string>? MakeGuestAsync(string name, CancellationToken cancellationToken) =>
        DefineAsync(name, $"<domain type='test'><name>{name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type arch='i686'>hvm</type></os></domain>", cancellationToken);
}

public sealed class TestDriverConformance(TestDriverBed bed) : DriverConformance<TestDriverBed>(bed);
