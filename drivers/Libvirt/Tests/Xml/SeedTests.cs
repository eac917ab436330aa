using System.Diagnostics;
using Anyvisor.Drivers.Libvirt.Seed;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Xml;

public sealed class SeedTests
{
    [Fact]
    public void The_seed_is_a_disk_of_whole_sectors_with_the_label_that_cloud_init_looks_for()
    {
        var iso = NoCloudSeed.Build("#cloud-config\n", NoCloudSeed.MetaData(Guid.Empty, "web_1"), "version: 2\n");
        Assert.Equal(0, iso.Length % 2048);
        Assert.Equal("CD001", System.Text.Encoding.ASCII.GetString(iso, 16 * 2048 + 1, 5));
        Assert.Equal("cidata", System.Text.Encoding.ASCII.GetString(iso, 16 * 2048 + 40, 32).TrimEnd());
        Assert.Equal("CD001", System.Text.Encoding.ASCII.GetString(iso, 17 * 2048 + 1, 5));
        Assert.Contains("local-hostname: web-1", System.Text.Encoding.UTF8.GetString(iso), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_field_s_own_reader_finds_the_files_by_their_names()
    {
        const string Reader = "/usr/bin/isoinfo";
        Assert.SkipUnless(File.Exists(Reader), "isoinfo (genisoimage) is not installed");
        var file = Path.Combine(Path.GetTempPath(), $"anyvisor-seed-{Guid.NewGuid():N}.iso");
        var token = TestContext.Current.CancellationToken;
        try
        {
            await File.WriteAllBytesAsync(file, NoCloudSeed.Build("#cloud-config\npackages: [x]\n", "instance-id: i\n", null), token);
            Assert.Contains("user-data", await RunAsync(Reader, ["-J", "-f", "-i", file], token), StringComparison.Ordinal);
            Assert.Equal("#cloud-config\npackages: [x]\n", await RunAsync(Reader, ["-J", "-x", "/user-data", "-i", file], token));
            Assert.Equal("instance-id: i\n", await RunAsync(Reader, ["-x", "/META_DATA.;1", "-i", file], token));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> RunAsync(string tool, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return output;
    }
}
