using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Xml;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Xml;

/// <summary>
/// Descriptions that a daemon garbles: each is read as far as it makes sense, or refused as a break of the protocol.
/// ANYVISOR_FUZZ=1000000 makes it a million a document; ANYVISOR_FUZZ_SEED repeats a run.
/// </summary>
public sealed partial class XmlFuzzTests
{
    private static readonly int Count = Number("ANYVISOR_FUZZ", 1_500);
    private static readonly int Seed = Number("ANYVISOR_FUZZ_SEED", Environment.TickCount);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly string[] Values =
    [
        "", "-1", "0", "1e9", "NaN", "99999999999999999999", "79228162514264337593543950335", "0.5", "٣", " 7 ", "\u0001", "<", "&", "&#0;", "&lol;", "]]>", "../../etc/passwd", "qcow2", "KiB", "EiB",
        "52:54:00:00:00:zz", "ffffffff-ffff-ffff-ffff-ffffffffffff", "\uD800",
    ];

    public static TheoryData<string> Documents => [.. Readers.Keys];

    private static readonly Dictionary<string, (string Good, Action<string> Read)> Readers = new(StringComparer.Ordinal)
    {
        ["domain"] = (Domain, static xml => DomainReader.Read(xml, "web")),
        ["capabilities"] = (Host, static xml => CapabilitiesReader.Read(xml)),
        ["domain capabilities"] = (Machine, static xml => DomainCapabilities.Read(xml)),
        ["network"] = (Network, static xml => NetworkDescription.Read(xml, "default")),
        ["pool"] = (Pool, static xml => PoolDescription.Read(xml, "default")),
        ["volume"] = (Volume, static xml => VolumeDescription.Read(xml, "disk")),
        ["snapshot"] = (Snapshot, static xml => SnapshotDescription.Read(xml, "before")),
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_garbled_description_is_read_or_refused_and_nothing_else(string document)
    {
        var (good, read) = Readers[document];
        read(good);
        var random = new Random(Seed);
        var (refused, slowest) = (0, TimeSpan.Zero);
        for (var i = 0; i < Count; i++)
        {
            var xml = Garble(good, random);
            var began = Stopwatch.GetTimestamp();
            try
            {
                read(xml);
            }
            catch (ProviderException e) when (e.Error == ProviderError.ProtocolViolation)
            {
                refused++;
            }
            catch (Exception e) when (e is not ProviderException)
            {
                Assert.Fail($"seed {Seed}, {i}: {e}\n{xml}");
            }
            var took = Stopwatch.GetElapsedTime(began);
            slowest = took > slowest ? took : slowest;
        }
        Assert.InRange(refused, 1, Count - 1);
        // Generous: it is about what grows with the square, not about a busy machine.
        Assert.True(slowest < Longest * 20, $"seed {Seed}: one took {slowest}");
    }

    private static string Garble(string xml, Random random)
    {
        for (var turns = random.Next(1, 4); turns > 0; turns--)
            xml = random.Next(8) switch
            {
                0 => xml[..random.Next(xml.Length)],
                1 => Splice(xml, random, (char)random.Next(0x20, 0x7f) + ""),
                2 => Splice(xml, random, Values[random.Next(Values.Length)]),
                3 => Elsewhere(xml, random),
                4 => $"<!DOCTYPE x [<!ENTITY lol \"lol\">]>{xml}",
                5 => xml.Replace("</", new string(' ', random.Next(3)) + "</", StringComparison.Ordinal),
                _ => NewValue(xml, random),
            };
        return xml.Length > 0 ? xml : "<";
    }

    private static string Splice(string xml, Random random, string what)
    {
        var at = random.Next(xml.Length + 1);
        return string.Concat(xml.AsSpan(0, at), what, xml.AsSpan(Math.Min(xml.Length, at + random.Next(3))));
    }

    /// <summary>A piece of it again at another place.</summary>
    private static string Elsewhere(string xml, Random random)
    {
        var tags = Tags().Matches(xml);
        if (tags.Count == 0)
            return xml + xml;
        var (from, to) = (tags[random.Next(tags.Count)], tags[random.Next(tags.Count)]);
        return xml.Insert(to.Index, from.Value);
    }

    /// <summary>Another value in place of an attribute's or a text.</summary>
    private static string NewValue(string xml, Random random)
    {
        var places = Places().Matches(xml);
        if (places.Count == 0)
            return xml;
        var place = places[random.Next(places.Count)].Groups["value"];
        return string.Concat(xml.AsSpan(0, place.Index), Values[random.Next(Values.Length)], xml.AsSpan(place.Index + place.Length));
    }

    private static int Number(string variable, int usual) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : usual;

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("='(?<value>[^']*)'|>(?<value>[^<>]+)<")]
    private static partial Regex Places();

    private const string Domain = """
        <domain type='kvm' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>web</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
        <title>shop</title><description>two lines</description>
        <metadata><libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0"><libosinfo:os id="http://debian.org/debian/12"/></libosinfo:libosinfo></metadata>
        <memory unit='KiB'>2097152</memory><currentMemory unit='KiB'>1048576</currentMemory><maxMemory slots='16' unit='GiB'>8</maxMemory>
        <vcpu placement='static' current='2'>4</vcpu>
        <os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><loader readonly='yes' secure='yes' type='pflash'>/f.fd</loader><nvram>/v.fd</nvram><boot dev='hd'/></os>
        <features><acpi/><apic/></features><cpu mode='host-passthrough'/>
        <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
        <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/d/web.qcow2' index='1'/><backingStore type='file' index='2'><format type='qcow2'/><source file='/d/base.qcow2'/><backingStore/></backingStore><target dev='vda' bus='virtio'/><serial>s1</serial></disk>
        <disk type='volume' device='cdrom'><driver name='qemu' type='raw'/><source pool='default' volume='seed.iso'/><target dev='sda' bus='sata'/><readonly/></disk>
        <disk type='network' device='disk'><driver type='raw'/><source protocol='rbd' name='pool/image'><host name='mon' port='6789'/></source><target dev='vdb'/><shareable/></disk>
        <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><target dev='vnet3'/><model type='virtio'/></interface>
        <interface type='bridge'><mac address='52:54:00:11:22:34'/><source bridge='br0'/><vlan><tag id='42'/></vlan></interface>
        <serial type='pty'><source path='/dev/pts/3'/><target port='0'/></serial><console type='pty' tty='/dev/pts/3'><target type='serial' port='0'/></console>
        <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>
        <graphics type='vnc' port='5903' autoport='yes' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/></graphics>
        <hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x06' slot='0x02' function='0x0'/></source></hostdev>
        <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm></devices></domain>
        """;

    private const string Host = """
        <capabilities><host><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><cpu><arch>x86_64</arch><model>Skylake-Server-IBRS</model><vendor>Intel</vendor><topology sockets='1' dies='1' cores='2' threads='1'/><feature name='vmx'/></cpu>
        <topology><cells num='1'><cell id='0'><memory unit='KiB'>24577548</memory><cpus num='2'><cpu id='0' socket_id='0' core_id='0' siblings='0'/><cpu id='1' socket_id='0' core_id='1' siblings='1'/></cpus></cell></cells></topology>
        <migration_features><live/><uri_transports><uri_transport>tcp</uri_transport></uri_transports></migration_features></host>
        <guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize><emulator>/usr/bin/qemu-system-x86_64</emulator><machine maxCpus='255'>pc-i440fx-7.2</machine><machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine><domain type='qemu'/><domain type='kvm'/></arch></guest>
        <guest><os_type>hvm</os_type><arch name='ppc64le'><wordsize>64</wordsize><emulator>/usr/bin/qemu-system-ppc64</emulator><machine maxCpus='16384'>pseries</machine><domain type='qemu'/></arch></guest></capabilities>
        """;

    private const string Machine = """
        <domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch><vcpu max='288'/>
        <os supported='yes'><enum name='firmware'><value>efi</value></enum><loader supported='yes'><value>/usr/share/OVMF/OVMF_CODE.fd</value><enum name='secure'><value>no</value></enum></loader></os>
        <cpu><mode name='host-passthrough' supported='yes'/><mode name='custom' supported='yes'><model usable='yes'>qemu64</model></mode></cpu>
        <devices><disk supported='yes'><enum name='bus'><value>virtio</value><value>sata</value></enum></disk><graphics supported='yes'><enum name='type'><value>vnc</value></enum></graphics></devices></domainCapabilities>
        """;

    private const string Network =
        "<network><name>default</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward><bridge name='virbr0' stp='on' delay='0'/><mac address='52:54:00:aa:bb:cc'/><vlan><tag id='7'/></vlan><ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>";

    private const string Pool =
        "<pool type='dir'><name>default</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><capacity unit='bytes'>270000000000</capacity><allocation unit='bytes'>20000000000</allocation><available unit='bytes'>250000000000</available><source/><target><path>/var/lib/libvirt/images</path></target></pool>";

    private const string Volume =
        "<volume type='file'><name>disk</name><key>/d/disk</key><capacity unit='bytes'>1073741824</capacity><allocation unit='bytes'>200704</allocation><physical unit='bytes'>196616</physical><target><path>/d/disk</path><format type='qcow2'/></target><backingStore><path>/d/base</path><format type='raw'/></backingStore></volume>";

    private const string Snapshot =
        "<domainsnapshot><name>before</name><description>d</description><state>running</state><parent><name>older</name></parent><creationTime>1700000000</creationTime><memory snapshot='internal'/><disks><disk name='vda' snapshot='internal'/><disk name='vdb' snapshot='external' type='file'><driver type='qcow2'/><source file='/d/vdb.1'/></disk></disks><domain><name>web</name></domain></domainsnapshot>";
}
