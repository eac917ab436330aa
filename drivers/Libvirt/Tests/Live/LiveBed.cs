using Anyvisor.Driver;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>
/// The real libvirtd that <c>ANYVISOR_TEST_LIBVIRT_URI</c> names (<c>qemu+unix:///system?socket=...</c>), and its other
/// hypervisors by the same line. Tests that need it are skipped without it.
/// </summary>
internal static class LiveBed
{
    public const string Variable = "ANYVISOR_TEST_LIBVIRT_URI";

    public static string Url(string driver)
    {
        var qemu = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(qemu), $"{Variable} names no libvirtd; ./test starts one.");
        return driver switch
        {
            "qemu" => qemu!,
            "lxc" => "lxc" + qemu![4..],
            "test" => "test" + qemu![4..].Replace("/system", "/default", StringComparison.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(driver)),
        };
    }

    public static async Task<Connection> ConnectAsync(string driver)
    {
        var address = new ProviderAddress { Provider = "live", Url = Url(driver) };
        return await Connection.OpenAsync(address, new DriverContext(TimeProvider.System, NullLoggerFactory.Instance), TestContext.Current.CancellationToken);
    }
}
