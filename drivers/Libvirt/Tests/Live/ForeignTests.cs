using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>Guests of other architectures under emulation: that QEMU takes what we define and runs it.</summary>
[Collection(Lab.OneAtATime)]
public sealed class ForeignTests(Lab lab) : IClassFixture<Lab>
{
    [Theory]
    [InlineData("ppc64le", Architecture.Ppc64le, Firmware.OpenFirmware)]
    [InlineData("s390x", Architecture.S390x, Firmware.Ipl)]
    [InlineData("aarch64", Architecture.Aarch64, Firmware.Uefi)]
    [InlineData("i686", Architecture.I686, Firmware.Bios)]
    public async Task A_guest_of_another_architecture_starts(string arch, Architecture expected, Firmware firmware)
    {
        _ = LiveBed.Url("qemu");
        var host = lab.Watcher.All<Host>()[0];
        Assert.SkipUnless(host.GuestArchitectures.Contains(expected), $"{host.Name} has no emulator for {arch}");
        // A mainframe whose disk holds nothing to load stops at once: there the definition alone is proven.
        var start = expected != Architecture.S390x;
        var request = new CreateGuest { Name = Lab.NewName(arch), Provider = "live", Vcpus = 1, Memory = 256 << 20, Disk = 8 << 20, Start = start };
        var guest = await lab.CreateAsync(request with { Settings = request.Settings.Add("arch", arch) });
        Assert.Equal((expected, firmware, Virtualization.Emulated), (guest.Arch, guest.Firmware, guest.Virtualization));
        await lab.DeleteAsync(guest);
    }

    /// <summary>The small system of testbeds/hello as a kernel and initrd, which <c>./test --beds</c> makes.</summary>
    [Theory]
    [InlineData("ppc64le")]
    [InlineData("s390x")]
    [InlineData("aarch64")]
    public async Task A_guest_of_another_architecture_boots_to_its_prompt_on_the_serial_console(string arch)
    {
        _ = LiveBed.Url("qemu");
        var variable = $"ANYVISOR_TEST_KERNEL_{arch.ToUpperInvariant()}";
        var files = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(files), $"{variable} is not set: ./test --beds makes a kernel for {arch}");
        var cmdline = (await File.ReadAllTextAsync(Path.Combine(files!, "cmdline"), TestContext.Current.CancellationToken)).Trim();
        var request = new CreateGuest { Name = Lab.NewName(arch), Provider = "live", Vcpus = 1, Memory = 512 << 20, Networks = ["user"], Start = true };
        var settings = request.Settings.Add("arch", arch).Add("kernel", $"{files}/vmlinuz").Add("initrd", $"{files}/initrd").Add("cmdline", cmdline);
        var guest = await lab.CreateAsync(request with { Settings = settings });
        await SerialConsole.ReadUntilAsync(lab.Connection, guest, "login:", TestContext.Current.CancellationToken);
        await lab.DeleteAsync(guest);
    }
}
