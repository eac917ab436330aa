using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.Libvirt.Tests.Live;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Conformance;

/// <summary>Guests on a true Xen host; <c>./test --beds</c> runs one inside QEMU. Each conformance test has a paravirtual one.</summary>
public sealed class XenBed() : LibvirtBed("ANYVISOR_TEST_XEN_URI", xen => xen)
{
    private const string Files = "/var/lib/libvirt/images/hello";

    private static readonly string Kernel = $"<kernel>{Files}/vmlinuz</kernel><initrd>{Files}/initrd</initrd>";

    public override bool Obeys => true;

    public override Task<string> MakeGuestAsync(string name, CancellationToken cancellationToken) => MakeGuestAsync(name, "xenpv", cancellationToken);

    /// <param name="name">Its name.</param>
    /// <param name="machine">What kind of Xen guest.</param>
    /// <param name="cancellationToken">The test's.</param>
    /// <param name="kernel">More for the kernel's command line.</param>
    public Task<string> MakeGuestAsync(string name, string machine, CancellationToken cancellationToken, string kernel = "") =>
        DefineAsync(
            name,
            $"""
            <domain type='xen'><name>{name}</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
            <os>{Os(machine, kernel)}</os><features><acpi/></features>
            <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
            <devices>{Console(machine)}</devices></domain>
            """,
            cancellationToken
        );

    /// <summary>Xen asks a guest's own drivers to stop it, save it and turn it off: before they are there it can't.</summary>
    public override Task ReadyAsync(Guest guest, CancellationToken cancellationToken) =>
        SerialConsole.ReadUntilAsync((IGuestConsole)Connection, guest, "login:", cancellationToken);

    private static string Os(string machine, string kernel) => machine switch
    {
        "xenpv" => $"<type arch='x86_64' machine='xenpv'>linux</type>{Kernel}<cmdline>console=hvc0 quiet {kernel}</cmdline>",
        "xenpvh" => $"<type arch='x86_64' machine='xenpvh'>xenpvh</type>{Kernel}<cmdline>console=hvc0 quiet {kernel}</cmdline>",
        _ => $"<type arch='x86_64' machine='xenfv'>hvm</type><loader type='rom'>/usr/lib/xen/boot/hvmloader</loader>{Kernel}<cmdline>console=ttyS0 quiet {kernel}</cmdline>",
    };

    private static string Console(string machine) => machine == "xenfv"
        ? "<serial type='pty'><target port='0'/></serial><console type='pty'><target type='serial'/></console><graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>"
        : "<console type='pty'><target type='xen'/></console>";
}

public sealed class XenConformance(XenBed bed) : DriverConformance<XenBed>(bed)
{
    [Theory]
    [InlineData("xenpv", Virtualization.Para)]
    [InlineData("xenpvh", Virtualization.Pvh)]
    [InlineData("xenfv", Virtualization.Full)]
    public async Task Every_kind_of_Xen_guest_is_told_apart_starts_and_stops(string machine, Virtualization expected)
    {
        RequireBed();
        var name = NewName(machine);
        await Bed.MakeGuestAsync(name, machine, Token);
        try
        {
            var guest = await Bed.Watch.GuestAsync(name, g => g.Power == PowerState.Off);
            Assert.Equal((expected, Architecture.X86_64, "Xen"), (guest.Virtualization, guest.Arch, guest.Hypervisor));
            await StartAsync(Facet<IGuestPower>(), guest);
            // Hardware-assisted guests take minutes here, where the hardware's help is emulated itself.
            if (machine != "xenfv")
                await Bed.ReadyAsync(guest, Token);
            await Facet<IGuestPower>().StopAsync(guest, Token);
            await Bed.Watch.GuestAsync(name, g => g.Power == PowerState.Off);
        }
        finally
        {
            await Bed.RemoveGuestAsync(name, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_guest_that_does_not_answer_can_not_be_suspended_and_starts_afresh_afterwards()
    {
        RequireBed();
        var name = NewName("deaf");
        // Its kernel never looks at what Xen asks of it, however far it has booted.
        await Bed.MakeGuestAsync(name, "xenpv", Token, "initcall_blacklist=xen_setup_shutdown_event");
        try
        {
            var power = Facet<IGuestPower>();
            await StartAsync(power, await Bed.Watch.GuestAsync(name, g => g.Power == PowerState.Off));
            var on = await Bed.Watch.GuestAsync(name, g => g.Power == PowerState.On);
            var refused = await Assert.ThrowsAsync<Driver.ProviderException>(() => Facet<IGuestSuspend>().SuspendAsync(on, Token));
            Assert.Contains(name, refused.Message, StringComparison.Ordinal);
            await power.StopAsync(on, Token);
            await StartAsync(power, await Bed.Watch.GuestAsync(name, g => g.Power == PowerState.Off));
        }
        finally
        {
            await Bed.RemoveGuestAsync(name, CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_host_and_its_own_guest_are_told_apart()
    {
        RequireBed();
        var own = await Bed.Watch.GuestAsync("Domain-0", g => g.Power == PowerState.On);
        Assert.True(own.Service);
        Assert.All([Verb.Stop, Verb.Shutdown, Verb.Delete], verb => Assert.False(Bed.Connection.Judge(verb, own).Allowed));
    }
}
