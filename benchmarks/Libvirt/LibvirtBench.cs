using System.Globalization;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Benchmarks.Libvirt;

/// <summary>The daemon that is measured against, and estates of libvirt's own test driver in it.</summary>
internal static class LibvirtBench
{
    private const string Variable = "ANYVISOR_TEST_LIBVIRT_SOCKET";

    public static DriverContext Context { get; } = new(TimeProvider.System, NullLoggerFactory.Instance);

    /// <summary>The unix socket of a real libvirtd, as <c>testbeds/libvirt/up.sh</c> starts one.</summary>
    public static string Socket =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } socket
            ? socket
            : throw new InvalidOperationException($"{Variable} names no libvirtd: start one with testbeds/libvirt/up.sh a 16510 16610, and give the socket that it prints.");

    /// <summary>A file that libvirt's test driver makes a host of, with as many guests.</summary>
    public static async Task<string> EstateAsync(int guests)
    {
        var path = Path.Combine(Path.GetTempPath(), $"anyvisor-estate-{guests.ToString(CultureInfo.InvariantCulture)}.xml");
        var xml = new StringBuilder("<node>");
        for (var i = 0; i < guests; i++)
            xml.Append(
                CultureInfo.InvariantCulture,
                $"""
                <domain type='test'><name>guest-{i:00000}</name><uuid>11111111-0000-4000-8000-{i:000000000000}</uuid>
                <memory unit='MiB'>{64 + i % 64}</memory><vcpu>{1 + i % 4}</vcpu><os><type arch='i686'>hvm</type></os>
                <devices><disk type='file' device='disk'><source file='/disks/{i}.img'/><target dev='hda'/></disk>
                <interface type='network'><mac address='52:54:00:{i >> 16 & 255:x2}:{i >> 8 & 255:x2}:{i & 255:x2}'/><source network='default'/></interface></devices></domain>
                """
            );
        await File.WriteAllTextAsync(path, xml.Append("</node>").ToString()).ConfigureAwait(false);
        return path;
    }

    public static string Url(string estate, string socket) => $"test+unix://{estate}?socket={socket}";

    public static Task<LibvirtClient> ConnectAsync(string url) =>
        LibvirtClient.ConnectAsync(LibvirtUri.Parse(url), null, LibvirtClientOptions.Default, TimeProvider.System, CancellationToken.None);

    public static async Task<double> MillisecondsAsync(Func<Task> work)
    {
        var began = TimeProvider.System.GetTimestamp();
        await work().ConfigureAwait(false);
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(share * sorted.Length))];
    }
}
