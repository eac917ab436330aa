using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Words;

/// <summary>Every word that the console can say.</summary>
public sealed class WordTests
{
    [Theory]
    [InlineData("running", PowerState.On, Transition.None)]
    [InlineData("Running", PowerState.On, Transition.None)]
    [InlineData("open firmware", PowerState.On, Transition.None)]
    [InlineData("Open_Firmware", PowerState.On, Transition.None)]
    [InlineData("not activated", PowerState.Off, Transition.None)]
    [InlineData("Not_Activated", PowerState.Off, Transition.None)]
    [InlineData("NOT ACTIVATED", PowerState.Off, Transition.None)]
    [InlineData("error", PowerState.Crashed, Transition.None)]
    [InlineData("starting", PowerState.On, Transition.Starting)]
    [InlineData("shutting down", PowerState.On, Transition.Stopping)]
    [InlineData("hardware discovery", PowerState.On, Transition.Starting)]
    [InlineData("migrating not active", PowerState.Off, Transition.Migrating)]
    [InlineData("migrating running", PowerState.On, Transition.Migrating)]
    [InlineData("suspended", PowerState.Suspended, Transition.None)]
    [InlineData("suspending", PowerState.On, Transition.Suspending)]
    [InlineData("resuming", PowerState.Suspended, Transition.Resuming)]
    [InlineData("not available", PowerState.Unknown, Transition.None)]
    [InlineData("Unknown", PowerState.Unknown, Transition.None)]
    [InlineData("something new", PowerState.Unknown, Transition.None)]
    [InlineData("", PowerState.Unknown, Transition.None)]
    [InlineData(null, PowerState.Unknown, Transition.None)]
    public void Every_word_of_a_partition_has_its_state(string? word, PowerState power, Transition transition) => Assert.Equal((power, transition), Mapping.Power(word));

    [Fact]
    public void No_word_of_a_partition_is_untested() => Assert.Equal(14, Mapping.PartitionStates.Count);

    [Theory]
    [InlineData("operating", HostState.Up)]
    [InlineData("standby", HostState.Up)]
    [InlineData("power off", HostState.Down)]
    [InlineData("Power Off", HostState.Down)]
    [InlineData("powering off", HostState.Down)]
    [InlineData("initializing", HostState.Down)]
    [InlineData("error", HostState.Down)]
    [InlineData("recovery", HostState.Up)]
    [InlineData("no connection", HostState.Unknown)]
    [InlineData("incomplete", HostState.Unknown)]
    [InlineData("failed authentication", HostState.Unknown)]
    [InlineData("pending authentication", HostState.Unknown)]
    [InlineData("a new one", HostState.Unknown)]
    public void Every_word_of_a_system_has_its_state(string word, HostState state) => Assert.Equal(state, Mapping.Host(word));

    [Theory]
    [InlineData("capped", EntitlementMode.Shared, true)]
    [InlineData("uncapped", EntitlementMode.Shared, false)]
    [InlineData("keep idle procs", EntitlementMode.Dedicated, true)]
    [InlineData("sre idle proces", EntitlementMode.Dedicated, true)]
    [InlineData("sre idle procs active", EntitlementMode.Dedicated, true)]
    [InlineData("sre idle procs always", EntitlementMode.Dedicated, true)]
    public void Ways_to_share_are_known_in_the_console_s_own_spelling(string word, EntitlementMode mode, bool capped) => Assert.Equal((mode, (bool?)capped), Mapping.SharingModes[word]);

    [Theory]
    [InlineData("AIX 7.2 7200-05-04-2220", OsFamily.Aix, "aix", "7200-05-04-2220")]
    [InlineData("Linux/Red Hat Enterprise Linux 4.18.0-240.10.1.el8_3.ppc8.3 (Ootpa) 8.3", OsFamily.Linux, "rhel", "8.3")]
    [InlineData("Linux/SuSE 5.14.21-150500.55.49-default 15.5", OsFamily.Linux, "sles", "15.5")]
    [InlineData("VIOS 3.1.4.10 ", OsFamily.Aix, "vios", "3.1.4.10")]
    [InlineData("IBM i Licensed Internal Code 7.5.0 0 0", OsFamily.Ibmi, "ibmi", "7.5.0")]
    [InlineData("Unknown", OsFamily.Unknown, null, null)]
    [InlineData(null, OsFamily.Unknown, null, null)]
    public void Operating_systems_are_told_apart(string? said, OsFamily family, string? distribution, string? version)
    {
        var os = Mapping.Os(PartitionKind.Unknown, said);
        Assert.Equal((family, distribution, version), (os.Family, os.Distribution, os.Version));
    }

    [Theory]
    [InlineData("2E+1", "20")]
    [InlineData("5.12E+3", "5120")]
    [InlineData("20", "20")]
    [InlineData("9.40", "9.40")]
    [InlineData("1e-1", "0.1")]
    [InlineData("NaN", null)]
    [InlineData("1E+400", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Numbers_come_as_the_console_likes(string? text, string? number) =>
        Assert.Equal(number is null ? null : decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture), HmcXml.ParseNumber(text));

    [Theory]
    [InlineData("HSCL2957 Either there is currently no RMC connection", Driver.ProviderError.Conflict)]
    [InlineData("HSCL8012 The partition named x was not found.", Driver.ProviderError.NotFound)]
    [InlineData("HSCL03EC There is not enough memory", Driver.ProviderError.CapacityExceeded)]
    [InlineData("HSCLA24E The migrating partition's virtual SCSI adapter 2 cannot be hosted", Driver.ProviderError.NotCapable)]
    [InlineData("HSCL350B The user does not have the appropriate authority.", Driver.ProviderError.PermissionDenied)]
    [InlineData("HSCL9999 The name already exists.", Driver.ProviderError.Conflict)]
    public void Errors_of_the_console_keep_their_code(string said, Driver.ProviderError error)
    {
        var e = HmcErrors.OfJob(said, "COMPLETED_WITH_ERROR", "starting it");
        Assert.Equal((error, said[..8], said), (e.Error, e.NativeCode, e.NativeMessage));
    }
}
