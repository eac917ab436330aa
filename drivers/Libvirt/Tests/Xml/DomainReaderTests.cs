using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Xml;

public sealed class DomainReaderTests
{
    private const string Full = """
        <domain type='kvm' id='3'>
          <name>web1</name>
          <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
          <title>The web</title>
          <metadata>
            <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0"><libosinfo:os id="http://debian.org/debian/12"/></libosinfo:libosinfo>
            <anyvisor:guest xmlns:anyvisor="https://anyvisor.dev/xmlns/guest/1.0" task="t1" created="2026-01-02T03:04:05Z"><anyvisor:image>hello</anyvisor:image><anyvisor:tag key="env">prod</anyvisor:tag></anyvisor:guest>
          </metadata>
          <memory unit='MiB'>4096</memory>
          <currentMemory unit='KiB'>2097152</currentMemory>
          <vcpu placement='static' current='2'>8</vcpu>
          <cputune><shares>512</shares><period>100000</period><quota>50000</quota></cputune>
          <os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><nvram>/n</nvram></os>
          <devices>
            <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/p/web1.qcow2'/>
              <backingStore type='file'><format type='qcow2'/><source file='/i/hello.qcow2'/><backingStore/></backingStore>
              <target dev='vda' bus='virtio'/></disk>
            <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
            <disk type='network' device='disk'><driver type='raw'/><source protocol='rbd' name='pool/x'><host name='mon' port='6789'/></source><target dev='vdb' bus='virtio'/></disk>
            <interface type='network'><mac address='52:54:00:AA:bb:01'/><source network='default'/><target dev='vnet0'/><model type='virtio'/></interface>
            <serial type='pty'/>
            <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>
            <graphics type='vnc' port='5901' autoport='yes' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/></graphics>
          </devices>
        </domain>
        """;

    [Fact]
    public void All_that_we_show_is_read()
    {
        var d = DomainReader.Read(Full, "web1");
        Assert.Equal("web1", d.Name);
        Assert.Equal((2, 8), (d.Vcpus, d.MaxVcpus));
        Assert.Equal((2L << 30, 4L << 30), (d.Memory, d.MaxMemory));
        Assert.Equal((Architecture.X86_64, Firmware.Uefi), (d.Arch, d.Firmware));
        Assert.Equal(new OperatingSystemInfo { Family = OsFamily.Linux, Distribution = "debian", Version = "12" }, d.Os);
        Assert.Equal(("vda", "/p/web1.qcow2", "qcow2"), (d.Disks[0].Name, d.Disks[0].Source!, d.Disks[0].Format!));
        Assert.True(d.Disks[1].ReadOnly);
        Assert.Null(d.Disks[1].Source);
        Assert.Equal("rbd://mon/pool/x", d.Disks[2].Source);
        Assert.Equal(["/i/hello.qcow2"], d.BackingFiles);
        Assert.Equal("52:54:00:aa:bb:01", d.Nics[0].Mac.ToString());
        Assert.Equal(new Graphics("vnc", "127.0.0.1", 5901, null), Assert.Single(d.Graphics));
        Assert.True(d is { HasConsole: true, HasAgentChannel: true, AgentConnected: true, HasNvram: true });
        Assert.Equal(("t1", "hello", "prod"), (d.Marks.Task!, d.Marks.Image!, d.Marks.Tags["env"]));
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), d.Marks.CreatedAt);
        Assert.Equal((512, true, 4m), (d.Entitlement!.Weight!.Value, d.Entitlement.Capped!.Value, d.Entitlement.Units!.Value));
    }

    [Theory]
    [InlineData("<domain type='lxc'><name>c</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><os><type arch='x86_64'>exe</type></os></domain>", Firmware.None)]
    [InlineData("<domain type='xen'><name>c</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><os><type arch='x86_64' machine='xenpv'>linux</type></os></domain>", Firmware.None)]
    [InlineData("<domain type='qemu'><name>c</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><os><type arch='ppc64le'>hvm</type></os></domain>", Firmware.OpenFirmware)]
    [InlineData("<domain type='qemu'><name>c</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><os><type arch='s390x'>hvm</type></os></domain>", Firmware.Ipl)]
    public void Firmware_follows_from_what_starts(string xml, Firmware expected) => Assert.Equal(expected, DomainReader.Read(xml, "c").Firmware);

    [Theory]
    [InlineData("")]
    [InlineData("<domain")]
    [InlineData("<network/>")]
    [InlineData("<!DOCTYPE domain [<!ENTITY a 'b'>]><domain>&a;</domain>")]
    [InlineData("<domain><uuid>nonsense</uuid></domain>")]
    public void What_is_no_domain_is_a_violation_of_the_protocol(string xml)
    {
        var e = Assert.Throws<ProviderException>(() => DomainReader.Read(xml, "web1"));
        Assert.Equal(ProviderError.ProtocolViolation, e.Error);
        Assert.Contains("web1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_before_the_tree_is_built()
    {
        var xml = "<domain>" + string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000)) + "</domain>";
        Assert.Equal(ProviderError.ProtocolViolation, Assert.Throws<ProviderException>(() => DomainReader.Read(xml, "web1")).Error);
    }

    [Fact]
    public void Marks_come_back_as_they_were_written()
    {
        var marks = new GuestMarks { Task = "t", Image = "a & b", CreatedAt = new DateTime(2026, 5, 6, 7, 8, 9, DateTimeKind.Utc), Tags = GuestMarks.None.Tags.Add("k\"", "<v>") };
        var read = GuestMarks.Read(new System.Xml.Linq.XElement("metadata", marks.ToXml()));
        Assert.Equal((marks.Task, marks.Image, marks.CreatedAt), (read.Task, read.Image, read.CreatedAt));
        Assert.Equal(marks.Tags, read.Tags);
    }
}
