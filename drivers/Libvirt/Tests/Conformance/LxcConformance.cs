using System.Diagnostics;
using Anyvisor.Drivers.Conformance;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Conformance;

/// <summary>Containers of busybox in a folder of this machine, which the bed's libvirtd sees as its own.</summary>
public sealed class LxcBed() : LibvirtBed("ANYVISOR_TEST_LXC_URI", lxc => lxc)
{
    private const string BusyBox = "/usr/bin/busybox";

    private readonly string _root = Path.Combine(Path.GetTempPath(), $"anyvisor-lxc-{Guid.NewGuid():N}");

    public override string? Absent => base.Absent ?? (File.Exists(BusyBox) ? null : $"{BusyBox} (busybox-static) is not installed");

    public override async Task<string> MakeGuestAsync(string name, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_root))
            await MakeRootAsync(cancellationToken);
        return await DefineAsync(
            name,
            $"""
            <domain type='lxc'><name>{name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
            <os><type>exe</type><init>/sbin/init</init></os><features><privnet/></features>
            <devices><filesystem type='mount'><source dir='{_root}'/><target dir='/'/></filesystem><console type='pty'/></devices></domain>
            """,
            cancellationToken
        );
    }

    private async Task MakeRootAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in (string[])["bin", "sbin", "dev", "proc", "sys", "etc", "root", "tmp", "run"])
            Directory.CreateDirectory(Path.Combine(_root, folder));
        File.Copy(BusyBox, Path.Combine(_root, "bin/busybox"));
        File.CreateSymbolicLink(Path.Combine(_root, "sbin/init"), "../bin/busybox");
        foreach (var tool in (string[])["sh", "echo", "halt", "poweroff", "reboot", "umount"])
            File.CreateSymbolicLink(Path.Combine(_root, "bin", tool), "busybox");
        await File.WriteAllTextAsync(Path.Combine(_root, "etc/inittab"), "::respawn:/bin/sh\n::shutdown:/bin/echo bye\n", cancellationToken);
        using var chmod = Process.Start("chmod", ["0755", Path.Combine(_root, "bin/busybox")]);
        await chmod.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, chmod.ExitCode);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Directory.Exists(_root))
            Directory.Delete(_root, recursive: true);
    }
}

public sealed class LxcConformance(LxcBed bed) : DriverConformance<LxcBed>(bed);
