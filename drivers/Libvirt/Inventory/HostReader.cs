using System.Globalization;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>Finds out about the host, once a connection.</summary>
internal static class HostReader
{
    /// <summary>VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES: name what a model brings along.</summary>
    private const uint ExpandFeatures = 1;

    public static async Task<HostFacts> ReadAsync(LibvirtClient client, ProviderSettings settings, CancellationToken cancellationToken)
    {
        var type = client.ConnectGetTypeAsync(cancellationToken);
        var hostname = client.ConnectGetHostnameAsync(cancellationToken);
        var uri = client.ConnectGetUriAsync(cancellationToken);
        var library = client.ConnectGetLibVersionAsync(cancellationToken);
        var capabilitiesXml = client.ConnectGetCapabilitiesAsync(cancellationToken);
        var node = await client.NodeGetInfoAsync(cancellationToken).ConfigureAwait(false);
        var hypervisor = await OrNullAsync(VersionAsync(client, cancellationToken)).ConfigureAwait(false);
        var sysinfo = await OrNullAsync(client.ConnectGetSysinfoAsync(0, cancellationToken)).ConfigureAwait(false);
        var capabilities = CapabilitiesReader.Read(await capabilitiesXml.ConfigureAwait(false));
        var (vendor, model) = Machine(sysinfo);
        return new HostFacts
        {
            Hostname = await hostname.ConfigureAwait(false),
            Uri = await uri.ConfigureAwait(false),
            Traits = HypervisorTraits.Of(await type.ConfigureAwait(false)),
            Capabilities = capabilities,
            LibvirtVersion = Version(await library.ConfigureAwait(false)),
            HypervisorVersion = hypervisor,
            Acceleration = await AccelerationAsync(client, settings.Acceleration, capabilities, cancellationToken).ConfigureAwait(false),
            Vendor = vendor,
            Model = model,
            CpuModel = node.Model,
            Sockets = node.Sockets * Math.Max(1, node.Nodes),
            Cores = node.Cores * node.Sockets * Math.Max(1, node.Nodes),
            Cpus = node.Cpus,
            Memory = Math.Min((long)Math.Min(node.Memory, long.MaxValue / 1024), long.MaxValue / 1024) * 1024,
        };
    }

    /// <summary>libvirt's 1,000,000 x major + 1,000 x minor + release.</summary>
    internal static string Version(ulong number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number / 1_000_000}.{number / 1000 % 1000}.{number % 1000}");

    /// <summary>
    /// libvirt offers KVM wherever /dev/kvm exists. On x86 the processor must have vmx or svm as well: nested machines
    /// and some containers show the device and can't run an ordinary kernel with it.
    /// </summary>
    internal static Acceleration Judge(AccelerationChoice choice, Capabilities capabilities, IReadOnlySet<string>? features)
    {
        var offered = capabilities.Guests.Any(g => g.ArchName == capabilities.ArchName && g.DomainTypes.Contains("kvm"));
        switch (choice)
        {
            case AccelerationChoice.Kvm:
                return new Acceleration(true, null);
            case AccelerationChoice.Tcg:
                return new Acceleration(false, offered ? "The provider's setting accel=tcg has QEMU emulate the processor: guests run many times slower than with KVM." : null);
            default:
                break;
        }
        if (!offered)
            return new Acceleration(
                false,
                capabilities.Guests.Any(g => g.DomainTypes.Contains("qemu"))
                    ? "libvirt offers no KVM on this host (there is no usable /dev/kvm): QEMU emulates the processor, and guests run many times slower."
                    : null
            );
        if (capabilities.ArchName is "x86_64" or "i686" && features is not null && !features.Contains("vmx") && !features.Contains("svm"))
            return new Acceleration(
                false,
                "libvirt offers KVM because /dev/kvm is there, but the processor has neither vmx nor svm, without which ordinary kernels do not start under it. QEMU emulates the processor instead, and guests run many times slower."
            );
        return new Acceleration(true, null);
    }

    private static async Task<Acceleration> AccelerationAsync(
        LibvirtClient client,
        AccelerationChoice choice,
        Capabilities capabilities,
        CancellationToken cancellationToken
    )
    {
        var features = capabilities.CpuXml is { } cpu && choice == AccelerationChoice.Auto
            ? await OrNullAsync(client.ConnectBaselineCpuAsync([cpu], ExpandFeatures, cancellationToken)).ConfigureAwait(false)
            : null;
        return Judge(choice, capabilities, features is null ? null : CapabilitiesReader.Features(features));
    }

    private static async Task<string> VersionAsync(LibvirtClient client, CancellationToken cancellationToken) =>
        Version(await client.ConnectGetVersionAsync(cancellationToken).ConfigureAwait(false));

    private static (string? Vendor, string? Model) Machine(string? sysinfo)
    {
        if (sysinfo is null)
            return (null, null);
        var system = SafeXml.Parse(sysinfo, "sysinfo", "the host's system information").Element("system");
        return (Entry("manufacturer"), Entry("product"));

        string? Entry(string name) => system?.Elements("entry").FirstOrDefault(e => e.Text("name") == name)?.Value;
    }

    /// <summary>What a host may say or not: a refusal is an answer, a broken line is none.</summary>
    private static async Task<string?> OrNullAsync(Task<string> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            return null;
        }
    }
}
