using System.Diagnostics;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>Has QEMU's own tools write to disks and compare them: what a disk holds is asked of no code of ours.</summary>
internal static class DiskProbe
{
    /// <summary>Writes to the first disk of a running guest.</summary>
    public static Task WriteAsync(Guest guest, byte pattern, CancellationToken cancellationToken) => DiskAsync(guest, $"write -P {pattern} 0 64k", cancellationToken);

    /// <summary>Compares the first disk of a running guest.</summary>
    public static Task HoldsAsync(Guest guest, byte pattern, CancellationToken cancellationToken) => DiskAsync(guest, $"read -P {pattern} 0 64k", cancellationToken);

    /// <summary>The bytes of an empty qcow2 file upon another.</summary>
    public static async Task<byte[]> HeaderAsync(string backing, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetTempPath(), $"anyvisor-header-{Guid.NewGuid():N}");
        try
        {
            await RunAsync("qemu-img", ["create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", backing, file, "16M"], cancellationToken);
            return await File.ReadAllBytesAsync(file, cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task DiskAsync(Guest guest, string command, CancellationToken cancellationToken)
    {
        var said = await RunAsync("virsh", ["-c", LiveBed.Url("qemu"), "qemu-monitor-command", "--hmp", guest.Name, $"qemu-io -d /machine/peripheral/virtio-disk0/virtio-backend \"{command}\""], cancellationToken);
        Assert.False(said.Contains("rror", StringComparison.Ordinal) || said.Contains("failed", StringComparison.Ordinal), $"{command}: {said}");
    }

    private static async Task<string> RunAsync(string tool, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(cancellationToken) + await error;
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"{tool}: {said}");
        return said;
    }
}
