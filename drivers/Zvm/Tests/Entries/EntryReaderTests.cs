using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Zvm.Tests.Entries;

public sealed class EntryReaderTests
{
    [Fact]
    public void A_guest_of_the_connector_is_read_whole()
    {
        var entry = EntryReader.Read(
        [
            "USER LNX1 SECRET99 1G 4096m G",
            "* ANYVISOR TASK T123",
            "CPU 00 BASE", "CPU 01", "CPU 0A",
            "INCLUDE osdflt",
            "COMMAND SET SHARE * RELATIVE 200",
            "COMMAND DEF STOR RESERVED 3072M",
            "SHARE RELATIVE 200 LIMITHARD",
            "MACHINE ESA 16",
            "IPL 0100",
            "NICDEF 1000 TYPE QDIO LAN SYSTEM VSW1 MACID 0000A1",
            "NICDEF 1000 VLAN 10",
            "MDISK 0100 3390 1 1000 VOL001 MR RPASS WPASS MPASS",
            "MDISK 0101 FB-512 V-DISK 2097152 MR",
            "DEDICATE 5C00 1A00",
        ]);
        Assert.Equal((EntryKind.User, "LNX1", 3, 16), (entry.Kind, entry.Name, entry.Vcpus, entry.MaxVcpus!.Value));
        Assert.Equal((1L << 30, 4L << 30, 3L << 30), (entry.Memory, entry.MaxMemory, entry.ReservedMemory));
        Assert.Equal("t123", entry.Task);
        Assert.Equal(new Entitlement { Weight = 200, Capped = true }, entry.Entitlement);
        Assert.Equal([("0100", 1000 * Sizes.Cylinder, "VOL001"), ("0101", 1L << 30, null), ("5C00", null, null)], entry.Disks.Select(d => (d.Name, d.Capacity, d.Datastore)));
        Assert.Equal(new EntryNic("1000", "QDIO", "VSW1", "0000A1"), Assert.Single(entry.Nics));
        Assert.All(entry.Lines, line => Assert.DoesNotContain("PASS", line, StringComparison.Ordinal));
        Assert.All(entry.Lines, line => Assert.DoesNotContain("SECRET99", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("USER $ALLOC$ NOLOG", EntryKind.User, false)]
    [InlineData("IDENTITY MAINT MAINTPAS 128M 1000M G", EntryKind.Identity, true)]
    [InlineData("PROFILE IBMDFLT", EntryKind.Profile, false)]
    [InlineData("SUBCONFIG LDAPSR-1", EntryKind.SubConfig, false)]
    [InlineData("GLOBALDEFS", EntryKind.None, true)]
    public void What_an_entry_is_follows_from_its_first_statement(string line, object kind, bool canLogOn)
    {
        var entry = EntryReader.Read([line]);
        Assert.Equal((kind, canLogOn), (entry.Kind, entry.CanLogOn));
    }

    [Fact]
    public void Every_word_of_the_table_means_something()
    {
        Assert.All(PowerWord.All, word => Assert.NotEqual(PowerState.Unknown, PowerWord.Meaning(word).Power));
        Assert.Equal((PowerState.Off, Transition.None), PowerWord.Meaning("200/12"));
        Assert.Equal((PowerState.On, Transition.Stopping), PowerWord.Meaning("200/16"));
        Assert.All(new[] { "", "o", "offf", "0/4", "gone", "stopped?" }, word => Assert.Equal(PowerState.Unknown, PowerWord.Meaning(word).Power));
    }

    [Theory]
    [InlineData("LNX00001", true)]
    [InlineData("web1", true)]
    [InlineData("LNX000001", false)]
    [InlineData("GT@PONG", false)]
    [InlineData("A B", false)]
    [InlineData("", false)]
    [InlineData("1234", false)]
    [InlineData("a;b", false)]
    [InlineData("../x", false)]
    public void A_new_user_id_is_judged(string name, bool fine) => Assert.Equal(fine, UserId.Objection(UserId.Canonical(name)) is null);

    [Fact]
    public void A_name_that_is_too_long_says_how_long_it_may_be() =>
        Assert.Contains("at most 8", UserId.Objection("ABCDEFGHI")!, StringComparison.Ordinal);

    [Theory]
    [InlineData("rhel8.4", OsFamily.Linux, "rhel", "8.4")]
    [InlineData("SLES15SP3", OsFamily.Linux, "sles", "15SP3")]
    [InlineData("Ubuntu 22.04.1 LTS", OsFamily.Linux, "ubuntu", "22.04.1")]
    [InlineData("Red Hat Enterprise Linux 8.4 (Ootpa)", OsFamily.Linux, "rhel", "8.4")]
    [InlineData("CMS", OsFamily.Other, "cms", null)]
    [InlineData("something", OsFamily.Unknown, null, null)]
    public void Operating_systems_are_told_by_their_words(string word, OsFamily family, string? distribution, string? version) =>
        Assert.Equal(new OperatingSystemInfo { Family = family, Distribution = distribution, Version = version }, OperatingSystems.Read(word));
}
