using System.Net;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Reading;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.VCloud.Tests.Recordings;

/// <summary>What live Cloud Directors said (1.5 to 9.0), beside a checkout; where there are none, tests are skipped.</summary>
public sealed class RecordingTests
{
    [Fact]
    public void Every_machine_of_every_recorded_vApp_is_read_and_no_word_is_unknown()
    {
        var read = 0;
        foreach (var (where, document) in Documents().Where(document => document.Root.Is("VApp")))
            foreach (var draft in Reader.Read(document, _ => "vdc", _ => "org"))
            {
                read++;
                var guest = draft.Guest;
                Assert.True(guest.Name.Length > 0, where);
                Assert.DoesNotMatch("^-?[0-9]+$", guest.Raw);
                Assert.NotEqual("no status", guest.Raw);
                Assert.True(guest.Vcpus > 0 && guest.Memory > 0, $"{where}: {guest.Name} has {guest.Vcpus} processors and {guest.Memory} bytes");
                // Some recordings were shortened by hand, and tell no operating system.
                if (System.Text.Encoding.UTF8.GetString(draft.Native.Span).Contains("osType", StringComparison.Ordinal))
                    Assert.NotEqual(OsFamily.Unknown, guest.Os.Family);
                Assert.All(guest.Disks.Where(disk => disk.Device == "disk"), disk => Assert.True(disk.Capacity > 0, $"{where}: {disk}"));
                Assert.All(guest.Nics, nic => Assert.NotNull(nic.Mac));
                using var native = JsonDocument.Parse(draft.Native);
                Assert.True(native.RootElement.GetProperty("vm").TryGetProperty("@name", out _), where);
            }
        Assert.True(read >= 20, $"only {read} machines were read");
    }

    [Fact]
    public void A_recorded_machine_is_what_its_document_says()
    {
        var vapp = Documents().First(document => document.Root.Is("VApp") && document.Root.Attr("name") == "spec1-vapp").Root;
        var guest = Assert.Single(Reader.Read(vapp, _ => "vdc", _ => "org")).Guest;
        Assert.Equal(("spec1-vm1", PowerState.On, "POWERED_ON", new NativeId("84faa107-c0b9-4a21-adc5-b17e0c5355a2")), (guest.Name, guest.Power, guest.Raw, guest.NativeId));
        var nic = Assert.Single(guest.Nics);
        Assert.Equal(("00:50:56:01:00:d8", "spec1-network", "192.168.2.100"), (nic.Mac.ToString(), nic.Network, nic.Addresses[0]));
        Assert.Equal(("scsi0:0", 10240L << 20), guest.Disks.Where(disk => disk.Device == "disk").Select(disk => (disk.Name, disk.Capacity!.Value)).First());
    }

    [Fact]
    public void Every_recorded_virtual_datacenter_is_a_host_with_its_limits()
    {
        var places = new PlaceReader("vcd", TimeProvider.System, "5.1");
        var vdcs = Documents().Where(document => document.Root.Is("Vdc")).Select(document => places.Vdc(document.Root, "org")).ToList();
        Assert.NotEmpty(vdcs);
        Assert.All(vdcs, vdc => Assert.True(vdc is { Name.Length: > 0, Host.State: HostState.Up }));
    }

    [Fact]
    public void Every_recorded_task_and_error_is_understood()
    {
        foreach (var (where, document) in Documents().Where(document => document.Root.Is("Task")))
            Assert.True(document.Attr("href") is not null && document.Attr("status") is "queued" or "preRunning" or "running" or "success" or "error" or "aborted" or "canceled", where);
        var errors = Documents().Where(document => document.Root.Is("Error")).ToList();
        Assert.NotEmpty(errors);
        foreach (var (where, error) in errors)
        {
            var status = (HttpStatusCode)int.Parse(error.Attr("majorErrorCode")!, System.Globalization.CultureInfo.InvariantCulture);
            var e = VcdErrors.Explain(status, error.ToString(), "testing", "vcd");
            Assert.True(e.Error != ProviderError.ProviderFault || (int)status >= 500, $"{where}: {e.Message}");
            Assert.Equal(error.Attr("minorErrorCode"), e.NativeCode);
            Assert.Equal(error.Attr("message"), e.NativeMessage);
        }
    }

    private static VmReader Reader => new("vcd", TimeProvider.System);

    private static IEnumerable<(string Where, XElement Root)> Documents()
    {
        foreach (var file in Directory.EnumerateFiles(Folder(), "*", SearchOption.AllDirectories).Where(file => !file.Contains("schema", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            if (name.EndsWith(".http.json", StringComparison.Ordinal))
            {
                using var session = JsonDocument.Parse(File.ReadAllBytes(file));
                foreach (var one in session.RootElement.GetProperty("interactions").EnumerateArray())
                    if (one.GetProperty("response").GetProperty("body").GetString() is { } body && Load(body) is { } root)
                        yield return (name, root);
            }
            else if (name.EndsWith(".xml", StringComparison.Ordinal) && Load(File.ReadAllText(file)) is { } root)
            {
                yield return (name, root);
            }
        }
    }

    /// <summary>Null where it is no XML.</summary>
    private static XElement? Load(string body)
    {
        using var text = new StringReader(body.TrimStart());
        using var reader = HostileXml.Read(text, 64 << 20);
        try
        {
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Directory.Packages.props")))
            root = root.Parent;
        var folder = root?.Parent is null ? null : Path.Combine(root.Parent.FullName, "shared", "recordings", "vcloud");
        Assert.SkipUnless(folder is not null && Directory.Exists(folder), "There are no recordings beside this checkout.");
        return folder!;
    }
}
