using System.Xml;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Tests.Beds;
using Anyvisor.Drivers.VSphere.Watching;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.VSphere.Tests.Recordings;

/// <summary>
/// What a live vCenter 5.5 said. Its client asked for some things under other names (<c>summary.…</c>): they are the same
/// values, and are given ours.
/// </summary>
public sealed class RecordingTests
{
    private static readonly Dictionary<string, string> Ours = new()
    {
        ["summary.config.guestId"] = "config.guestId",
        ["summary.config.guestFullName"] = "config.guestFullName",
        ["summary.config.template"] = "config.template",
        ["summary.config.uuid"] = "config.uuid",
        ["summary.config.annotation"] = "config.annotation",
        ["summary.config.numCpu"] = "config.hardware.numCPU",
        ["summary.config.memorySizeMB"] = "config.hardware.memoryMB",
        ["summary.customValue"] = "customValue",
        ["summary.guest.hostName"] = "guest.hostName",
        ["summary.guest.ipAddress"] = "guest.ipAddress",
        ["summary.runtime.connectionState"] = "runtime.connectionState",
        ["summary.runtime.powerState"] = "runtime.powerState",
        ["summary.runtime.inMaintenanceMode"] = "runtime.inMaintenanceMode",
        ["summary.runtime.host"] = "runtime.host",
        ["summary.uuid"] = "uuid",
        ["config.key"] = "key",
    };

    [Fact]
    public void Every_object_of_a_live_vCenter_is_shown()
    {
        var changes = Changes();
        Assert.Equal((64, 16, 4), (Count<Guest>(), Count<Host>(), Count<Cluster>()));
        Assert.Equal((2, 6), (Count<Datastore>(), Count<Network>()));

        int Count<T>() => changes.OfType<Seen>().Count(seen => seen.Object is T);
    }

    [Fact]
    public void No_word_of_a_live_vCenter_is_unknown()
    {
        foreach (var guest in Changes().OfType<Seen>().Select(seen => seen.Object as Guest).OfType<Guest>())
        {
            Assert.NotEqual(PowerState.Unknown, guest.Power);
            Assert.NotEqual(OsFamily.Unknown, guest.Os.Family);
            Assert.NotEqual(Firmware.Unknown, guest.Firmware);
            Assert.NotNull(guest.Host);
            Assert.NotNull(guest.Cluster);
            Assert.True(guest is { Vcpus: > 0, Memory: > 0 }, guest.Name);
            var disk = Assert.Single(guest.Disks, disk => disk.Device == "disk");
            Assert.Equal(("scsi0:0", 512L << 20, "GlobalDS_0"), (disk.Name, disk.Capacity, disk.Datastore));
            var nic = Assert.Single(guest.Nics);
            Assert.NotNull(nic.Mac);
            Assert.NotEqual("unknown", nic.Model);
            Assert.DoesNotContain("dvportgroup", nic.Network, StringComparison.Ordinal);
            Assert.NotEmpty(nic.Addresses);
        }
    }

    [Fact]
    public void Hosts_and_datastores_of_a_live_vCenter_say_how_they_are()
    {
        var objects = Changes().OfType<Seen>().Select(seen => (object)seen.Object).ToList();
        Assert.All(objects.OfType<Host>(), host => Assert.NotEqual(HostState.Unknown, host.State));
        Assert.All(objects.OfType<Network>(), network => Assert.DoesNotContain("%2f", network.Name, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_live_vCenter_says_what_it_is()
    {
        foreach (var answer in Recording.Answers("refresher.http.json", "RetrieveServiceContent"))
        {
            var content = Answer.Read(answer, ServiceContent.Read);
            Assert.Equal(("VMware vCenter Server", "5.5.0", "5.5", true), (content.Product, content.Version, content.Speak, content.IsVCenter));
            Assert.DoesNotContain(Paths.OfGuest(content), path => path is "config.keyId" or "config.createDate");
        }
        var old = Answer.Read(Assert.Single(Recording.Answers("vm_remote_console.http.json", "RetrieveServiceContent")), ServiceContent.Read);
        Assert.Equal("4.1", old.Speak);
        Assert.DoesNotContain("config.firmware", Paths.OfGuest(old));
    }

    [Fact]
    public void A_damaged_answer_is_refused_and_nothing_else()
    {
        var whole = Recording.Answers("refresher.http.json", "WaitForUpdatesEx")[1];
        var random = new Random(4711);
        var refused = 0;
        for (var round = 0; round < 150; round++)
        {
            var text = whole.ToCharArray();
            for (var blow = 0; blow < 1 + round % 20; blow++)
                text[random.Next(text.Length)] = (char)random.Next(1, 0x80);
            var cut = round % 3 == 0 ? random.Next(text.Length) : text.Length;
            try
            {
                _ = Answer.Read(new string(text, 0, cut), reader => Properties.ReadUpdates(reader, new EstateSink(new Estate()), "vc", "listing"));
            }
            catch (Exception e)
            {
                Assert.True(e is XmlException or FormatException or OverflowException, $"seed 4711, round {round}: {e}");
                refused++;
            }
        }
        Assert.True(refused > 50, $"{refused} of 150 were refused");
    }

    private static List<Change> Changes()
    {
        var estate = new Estate();
        foreach (var answer in Recording.Answers("refresher.http.json", "WaitForUpdatesEx"))
            _ = Answer.Read(answer, reader => Properties.ReadUpdates(reader, new Renaming(new EstateSink(estate)), "vc", "listing"));
        estate.NoteDatastores();
        var time = TimeProvider.System;
        return [.. new Teller(estate, new GuestShape("vc", estate, time), new PlaceShape("vc", estate, time, isVCenter: true)).All()];
    }

    private sealed class Renaming(EstateSink inner) : PropertySink
    {
        public override void Begin(MoRef self) => inner.Begin(self);

        public override void Set(string path, XmlReader value) => inner.Set(Ours.GetValueOrDefault(path, path), value);

        public override void Unset(string path) => inner.Unset(Ours.GetValueOrDefault(path, path));

        public override void Leave(MoRef self) => inner.Leave(self);
    }
}
