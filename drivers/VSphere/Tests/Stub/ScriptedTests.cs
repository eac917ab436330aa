using System.Globalization;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.VSphere.Tests.Stub;

/// <summary>What vcsim does not do, by a script: a vCenter that pages and truncates, tells parts of properties, lacks properties.</summary>
public sealed class ScriptedTests
{
    private const string Host = "<objectSet><kind>enter</kind><obj type=\"HostSystem\">host-1</obj><changeSet><name>name</name><op>assign</op><val xsi:type=\"xsd:string\">esx1</val></changeSet><changeSet><name>runtime.connectionState</name><op>assign</op><val>connected</val></changeSet></objectSet>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listing_in_truncated_answers_is_shown_whole_and_hosts_that_come_last_are_known()
    {
        await using var stub = new StubVCenter((method, body) => method != "WaitForUpdatesEx" ? null : Version(body) switch
        {
            "" => Set("1", truncated: true, Guest(1), Guest(2)),
            "1" => Set("2", truncated: true, Guest(3)),
            "2" => Set("3", truncated: false, Guest(4), Host),
            _ => "",
        });
        await using var connection = await new Plugin().ConnectAsync(stub.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        _ = await watch.ListedAsync();
        Assert.Equal(["vm1", "vm2", "vm3", "vm4"], watch.All<Guest>().Select(guest => guest.Name).Order(StringComparer.Ordinal));
        Assert.All(watch.All<Guest>(), guest => Assert.Equal("esx1", guest.Host));
        Assert.DoesNotContain(stub.Calls, call => call.Method == "WaitForUpdatesEx" && !call.Body.Contains("maxObjectUpdates", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_truncated_change_is_followed_until_it_is_whole()
    {
        await using var stub = new StubVCenter((method, body) => method != "WaitForUpdatesEx" ? null : Version(body) switch
        {
            "" => Set("1", truncated: false, Guest(1), Guest(2), Host),
            "1" => Set("2", truncated: true, Power(1, "poweredOn")),
            "2" => Set("3", truncated: false, Power(2, "suspended")),
            _ => "",
        });
        await using var connection = await new Plugin().ConnectAsync(stub.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        _ = await watch.GuestAsync("vm1", guest => guest.Power == PowerState.On);
        _ = await watch.GuestAsync("vm2", guest => guest.Power == PowerState.Suspended);
    }

    [Fact]
    public async Task A_part_of_a_property_has_the_object_read_again_over_pages()
    {
        await using var stub = new StubVCenter((method, body) => (method, Version(body)) switch
        {
            ("WaitForUpdatesEx", "") => Set("1", truncated: false, Guest(1), Host),
            ("WaitForUpdatesEx", "1") => Set("2", truncated: false, "<objectSet><kind>modify</kind><obj type=\"VirtualMachine\">vm-1</obj><changeSet><name>guest.net[4000].ipAddress</name><op>assign</op><val xsi:type=\"xsd:string\">10.0.0.9</val></changeSet></objectSet>"),
            ("RetrievePropertiesEx", _) => "<returnval><token>more</token><objects><obj type=\"VirtualMachine\">vm-1</obj><propSet><name>config.annotation</name><val>first page</val></propSet></objects></returnval>",
            ("ContinueRetrievePropertiesEx", _) => "<returnval><objects><obj type=\"VirtualMachine\">vm-1</obj><propSet><name>guest.ipAddress</name><val>10.0.0.9</val></propSet></objects></returnval>",
            _ => null,
        });
        await using var connection = await new Plugin().ConnectAsync(stub.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        _ = await watch.GuestAsync("vm1", guest => guest.Description == "first page" && guest.Addresses.Contains("10.0.0.9"));
        Assert.Contains(stub.Calls, call => call.Method == "ContinueRetrievePropertiesEx" && call.Body.Contains("more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_property_that_the_system_lacks_is_done_without()
    {
        await using var stub = new StubVCenter((method, body) => (method, body.Contains("config.keyId", StringComparison.Ordinal)) switch
        {
            ("CreateFilter", true) => "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>no such property</faultstring><detail><InvalidPropertyFault xmlns=\"urn:vim25\" xsi:type=\"InvalidProperty\"><name>config.keyId</name></InvalidPropertyFault></detail></soapenv:Fault>",
            ("WaitForUpdatesEx", _) when Version(body).Length == 0 => Set("1", truncated: false, Guest(1), Host),
            _ => null,
        });
        await using var connection = await new Plugin().ConnectAsync(stub.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        _ = await watch.ListedAsync();
        _ = Assert.Single(watch.All<Guest>());
    }

    [Fact]
    public async Task A_collector_that_forgot_its_version_has_everything_listed_anew()
    {
        var asked = 0;
        await using var stub = new StubVCenter((method, body) => (method, Version(body)) switch
        {
            ("WaitForUpdatesEx", "") => Set("1", truncated: false, Guest(1), Host),
            ("WaitForUpdatesEx", _) when Interlocked.Increment(ref asked) == 1 => "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring/><detail><InvalidCollectorVersionFault xmlns=\"urn:vim25\" xsi:type=\"InvalidCollectorVersion\"/></detail></soapenv:Fault>",
            _ => null,
        });
        await using var connection = await new Plugin().ConnectAsync(stub.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        var first = await watch.SeenAsync<SnapshotComplete>(_ => true);
        _ = await watch.SeenAsync<SnapshotComplete>(_ => true, after: watch.Changes.IndexOf(first) + 1);
    }

    [Fact]
    public async Task A_free_ESXi_lets_nobody_change_anything_and_says_why()
    {
        const string About = "<name>VMware ESXi</name><version>7.0.3</version><build>1</build><apiType>HostAgent</apiType><apiVersion>7.0.3.0</apiVersion></about><licenseManager type=\"LicenseManager\">ha-license-manager</licenseManager><about><apiVersion>7.0.3.0</apiVersion>";
        await using var stub = new StubVCenter((method, body) => (method, Version(body)) switch
        {
            ("RetrievePropertiesEx", _) => "<returnval><objects><obj type=\"LicenseManager\">ha-license-manager</obj><propSet><name>licenses</name><val xsi:type=\"ArrayOfLicenseManagerLicenseInfo\"><LicenseManagerLicenseInfo><licenseKey>0</licenseKey><editionKey>esxBasic</editionKey></LicenseManagerLicenseInfo></val></propSet></objects></returnval>",
            ("WaitForUpdatesEx", "") => Set("1", truncated: false, Guest(1), Host),
            _ => null,
        }, About);
        await using var connection = await new Plugin().ConnectAsync(stub.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        var guest = await watch.GuestAsync("vm1", _ => true);
        var state = connection.Judge(Verb.Start, guest);
        Assert.Equal((false, ActionLevel.ReadOnly, "license-read-only"), (state.Allowed, state.Level, state.Reason!.Code));
        Assert.Equal("no-vcenter", connection.Judge(Verb.Migrate, guest).Reason!.Code);
    }

    [Fact]
    public async Task What_stands_in_the_way_of_a_move_is_said_as_concerns()
    {
        const string Hardware = "<changeSet><name>config.hardware</name><op>assign</op><val xsi:type=\"VirtualHardware\"><numCPU>2</numCPU><numCoresPerSocket>1</numCoresPerSocket><memoryMB>2048</memoryMB>"
            + "<device xsi:type=\"ParaVirtualSCSIController\"><key>1000</key><busNumber>0</busNumber><sharedBus>physicalSharing</sharedBus></device>"
            + "<device xsi:type=\"VirtualDisk\"><key>2000</key><backing xsi:type=\"VirtualDiskRawDiskMappingVer1BackingInfo\"><fileName>[gone] a/a.vmdk</fileName><compatibilityMode>physicalMode</compatibilityMode><diskMode>independent_persistent</diskMode></backing><controllerKey>1000</controllerKey><unitNumber>1</unitNumber><capacityInKB>1024</capacityInKB><capacityInBytes>1048576</capacityInBytes></device>"
            + "<device xsi:type=\"VirtualTPM\"><key>11000</key></device><device xsi:type=\"VirtualPCIPassthrough\"><key>13000</key></device></val></changeSet>"
            + "<changeSet><name>config.firmware</name><op>assign</op><val>efi</val></changeSet><changeSet><name>config.bootOptions</name><op>assign</op><val><efiSecureBootEnabled>true</efiSecureBootEnabled></val></changeSet>"
            + "<changeSet><name>config.keyId</name><op>assign</op><val><keyId>k</keyId></val></changeSet><changeSet><name>config.changeTrackingEnabled</name><op>assign</op><val>false</val></changeSet>"
            + "<changeSet><name>guest.toolsVersionStatus2</name><op>assign</op><val>guestToolsNotInstalled</val></changeSet>";
        const string Datastore = "<objectSet><kind>enter</kind><obj type=\"Datastore\">ds-1</obj><changeSet><name>name</name><op>assign</op><val>gone</val></changeSet><changeSet><name>summary</name><op>assign</op><val><accessible>false</accessible><type>VMFS</type></val></changeSet></objectSet>";
        await using var stub = new StubVCenter((method, body) => method == "WaitForUpdatesEx" && Version(body).Length == 0 ? Set("1", truncated: false, Guest(1, Hardware), Host, Datastore) : null);
        await using var connection = await new Plugin().ConnectAsync(stub.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(connection);
        _ = await watch.ListedAsync();
        var guest = Assert.Single(watch.All<Guest>());
        string[] expected = ["missing-datastore", "rdm-physical", "encrypted", "vtpm", "passthrough", "shared-disk", "independent-disk", "secure-boot", "uefi", "no-tools", "no-change-tracking"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), guest.Concerns.Select(concern => concern.Id["vsphere.".Length..]).Order(StringComparer.Ordinal));
        Assert.Equal((Firmware.Uefi, "scsi0:1", 1L << 20, true), (guest.Firmware, guest.Disks[0].Name, guest.Disks[0].Capacity, guest.Disks[0].Shared));
    }

    private static string Version(string body)
    {
        var at = body.IndexOf("<version>", StringComparison.Ordinal);
        return at < 0 ? "" : body[(at + 9)..body.IndexOf("</version>", StringComparison.Ordinal)];
    }

    private static string Set(string version, bool truncated, params string[] objects) =>
        $"<returnval><version>{version}</version><filterSet><filter type=\"PropertyFilter\">filter</filter>{string.Concat(objects)}</filterSet>{(truncated ? "<truncated>true</truncated>" : "")}</returnval>";

    private static string Guest(int number, string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $"<objectSet><kind>enter</kind><obj type=\"VirtualMachine\">vm-{number}</obj><changeSet><name>name</name><op>assign</op><val xsi:type=\"xsd:string\">vm{number}</val></changeSet><changeSet><name>config.instanceUuid</name><op>assign</op><val>5000a000-0000-0000-0000-00000000000{number}</val></changeSet><changeSet><name>config.guestId</name><op>assign</op><val>rhel8_64Guest</val></changeSet><changeSet><name>config.hardware</name><op>assign</op><val><numCPU>1</numCPU><memoryMB>512</memoryMB><device xsi:type=\"VirtualVmxnet3\"><key>4000</key><macAddress>00:50:56:00:00:0{number}</macAddress></device></val></changeSet><changeSet><name>runtime.powerState</name><op>assign</op><val>poweredOff</val></changeSet><changeSet><name>runtime.host</name><op>assign</op><val type=\"HostSystem\">host-1</val></changeSet>{more}</objectSet>");

    private static string Power(int number, string word) =>
        string.Create(CultureInfo.InvariantCulture, $"<objectSet><kind>modify</kind><obj type=\"VirtualMachine\">vm-{number}</obj><changeSet><name>runtime.powerState</name><op>assign</op><val>{word}</val></changeSet></objectSet>");
}
