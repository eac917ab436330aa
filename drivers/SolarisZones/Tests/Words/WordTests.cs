using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Driver;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Words;

public sealed class WordTests
{
    public static TheoryData<string, PowerState, Transition, Lifecycle> States => new()
    {
        { "configured", PowerState.Off, Transition.None, Lifecycle.Defined },
        { "incomplete", PowerState.Off, Transition.Provisioning, Lifecycle.Defined },
        { "unavailable", PowerState.Off, Transition.None, Lifecycle.Error },
        { "installed", PowerState.Off, Transition.None, Lifecycle.Provisioned },
        { "ready", PowerState.Off, Transition.None, Lifecycle.Provisioned },
        { "mounted", PowerState.Off, Transition.Reconfiguring, Lifecycle.Provisioned },
        { "running", PowerState.On, Transition.None, Lifecycle.Provisioned },
        { "shutting_down", PowerState.On, Transition.Stopping, Lifecycle.Provisioned },
        { "down", PowerState.Off, Transition.Stopping, Lifecycle.Provisioned },
        { "provisioning", PowerState.Off, Transition.Provisioning, Lifecycle.Defined },
        { "receiving", PowerState.Off, Transition.Migrating, Lifecycle.Defined },
        { "stopping", PowerState.On, Transition.Stopping, Lifecycle.Provisioned },
        { "stopped", PowerState.Off, Transition.None, Lifecycle.Provisioned },
        { "failed", PowerState.Off, Transition.None, Lifecycle.Error },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void Each_word_of_a_zone_s_state_has_its_meaning(string word, PowerState power, Transition transition, Lifecycle lifecycle)
    {
        var state = Mapping.State(word);
        Assert.Equal((power, transition, lifecycle, word, true), (state.Power, state.Transition, state.Lifecycle, state.Raw, state.Known));
    }

    [Fact]
    public void The_table_above_has_every_word_of_the_mapping() =>
        Assert.Equal(Mapping.StateWords.Order(StringComparer.Ordinal), States.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("installed", "suspended", PowerState.Suspended, Transition.None)]
    [InlineData("running", "suspending", PowerState.On, Transition.Suspending)]
    [InlineData("running", "resuming", PowerState.On, Transition.Resuming)]
    [InlineData("running", "migrating-out", PowerState.On, Transition.Migrating)]
    [InlineData("installed", "migrating-in", PowerState.Off, Transition.Migrating)]
    [InlineData("running", "rebooting", PowerState.On, Transition.Rebooting)]
    [InlineData("installed", "no-config", PowerState.Off, Transition.None)]
    [InlineData("running", "debugging", PowerState.On, Transition.None)]
    public void Each_auxiliary_word_has_its_meaning(string word, string auxiliary, PowerState power, Transition transition)
    {
        var state = Mapping.State(word, auxiliary);
        Assert.Equal((power, transition, $"{word} ({auxiliary})", true), (state.Power, state.Transition, state.Raw, state.Known));
        Assert.Contains(auxiliary, Mapping.AuxiliaryWords);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Running")]
    [InlineData("frobnicated")]
    public void A_word_that_no_table_has_is_unknown_and_never_off(string word)
    {
        var state = Mapping.State(word);
        Assert.Equal((PowerState.Unknown, word, false), (state.Power, state.Raw, state.Known));
    }

    [Theory]
    [InlineData("solaris-kz", Virtualization.Full)]
    [InlineData("bhyve", Virtualization.Full)]
    [InlineData("kvm", Virtualization.Full)]
    [InlineData("solaris", Virtualization.OsLevel)]
    [InlineData("lx", Virtualization.OsLevel)]
    [InlineData("joyent-minimal", Virtualization.OsLevel)]
    [InlineData("nonesuch", Virtualization.Unknown)]
    public void Each_brand_keeps_guests_apart_in_its_way(string brand, Virtualization virtualization) =>
        Assert.Equal(virtualization, Mapping.BrandOf(brand).Virtualization);

    [Theory]
    [InlineData("4G", 4L << 30)]
    [InlineData("512m", 512L << 20)]
    [InlineData("4.75G", 5100273664)]
    [InlineData("2147483648", 2L << 30)]
    [InlineData("1T", 1L << 40)]
    [InlineData("", null)]
    [InlineData("lots", null)]
    [InlineData("99999999999999999999E", null)]
    public void Sizes_are_read(string text, long? bytes) => Assert.Equal(bytes, ZoneSizes.Bytes(text));

    [Theory]
    [InlineData("web; rm -rf /")]
    [InlineData("web$(reboot)")]
    [InlineData("web`id`")]
    [InlineData("web'quote")]
    [InlineData("web\nweb2")]
    [InlineData("web\0")]
    [InlineData("-z")]
    [InlineData("--help")]
    [InlineData("../etc")]
    [InlineData("")]
    [InlineData("global")]
    [InlineData("SYSdefault")]
    [InlineData("SUNWfoo")]
    [InlineData("wéb")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Names_that_no_zone_may_have_are_refused_before_anything_is_sent(string name) =>
        Assert.Equal(ProviderError.InvalidArgument, Assert.Throws<ProviderException>(() => ZoneNames.Require(name)).Error);

    [Theory]
    [InlineData("zoneadm: zone 'x': No such zone configured", ProviderError.NotFound)]
    [InlineData("zoneadm: zone 'x': zone is already booted", ProviderError.Conflict)]
    [InlineData("zoneadm: zone 'x': must be running to be halted", ProviderError.Conflict)]
    [InlineData("zonecfg: Permission denied", ProviderError.PermissionDenied)]
    [InlineData("cannot create 'rpool/x': out of space", ProviderError.CapacityExceeded)]
    [InlineData("something that nobody heard before", ProviderError.ProviderFault)]
    public void What_commands_say_has_a_cause(string said, ProviderError error) => Assert.Equal(error, CommandErrors.Of(said));

    [Theory]
    [InlineData("")]
    [InlineData("0:global:running:/::solaris:shared\n1:web:run")]
    [InlineData("1:web:running:/zones/web:8239e472-b341-45c4-d5ea-e2b4bcea4cf6:lipkg:excl")]
    [InlineData("0:global:running:/::solaris:shared\n1:web:running:/z:no-uuid:lipkg:excl")]
    [InlineData("0:global:running:/::solaris:shared\n1:web:running:/z::lipkg:excl\n2:web:running:/z::lipkg:excl")]
    [InlineData("0:global:running:/::solaris:shared\nx:we b:running:/z::lipkg:excl")]
    public void What_is_no_list_of_zones_is_refused_as_a_whole(string text) =>
        Assert.Equal(ProviderError.ProtocolViolation, Assert.Throws<ProviderException>(() => ZoneList.ParseAll(text)).Error);

    [Fact]
    public void A_colon_in_a_path_does_not_end_it() =>
        Assert.Equal("/zones/a:b", ZoneList.ParseLine(@"-:a:installed:/zones/a\:b::lipkg:excl:1").Path);
}
