using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Driver;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.VSphere.Tests.Words;

public sealed class WordTests
{
    [Theory]
    [InlineData("poweredOn", "connected", PowerState.On, "poweredOn")]
    [InlineData("poweredOff", "connected", PowerState.Off, "poweredOff")]
    [InlineData("suspended", "connected", PowerState.Suspended, "suspended")]
    [InlineData("poweredOn", "disconnected", PowerState.Unknown, "disconnected")]
    [InlineData("poweredOff", "orphaned", PowerState.Unknown, "orphaned")]
    [InlineData("poweredOff", "inaccessible", PowerState.Unknown, "inaccessible")]
    [InlineData("hibernated", "connected", PowerState.Unknown, "hibernated")]
    [InlineData("poweredOn", "confused", PowerState.Unknown, "confused")]
    public void A_state_is_what_both_words_say_and_never_a_guess(string power, string connection, PowerState expected, string raw)
    {
        var state = Mapping.State(power, connection);
        Assert.Equal((expected, raw), (state.Power, state.Raw));
    }

    [Theory]
    [InlineData("rhel8_64Guest", OsFamily.Linux, "rhel", "8", Architecture.X86_64)]
    [InlineData("rhel6Guest", OsFamily.Linux, "rhel", "6", Architecture.I686)]
    [InlineData("ubuntu64Guest", OsFamily.Linux, "ubuntu", null, Architecture.X86_64)]
    [InlineData("debian11_64Guest", OsFamily.Linux, "debian", "11", Architecture.X86_64)]
    [InlineData("sles15_64Guest", OsFamily.Linux, "sles", "15", Architecture.X86_64)]
    [InlineData("other5xLinux64Guest", OsFamily.Linux, null, null, Architecture.X86_64)]
    [InlineData("otherGuest", OsFamily.Other, null, null, Architecture.I686)]
    [InlineData("windows2019srv_64Guest", OsFamily.Windows, "windows", "2019", Architecture.X86_64)]
    [InlineData("windows9Server64Guest", OsFamily.Windows, "windows", "2016", Architecture.X86_64)]
    [InlineData("winNetStandardGuest", OsFamily.Windows, "windows", "2003", Architecture.I686)]
    [InlineData("windows9_64Guest", OsFamily.Windows, "windows", "10", Architecture.X86_64)]
    [InlineData("windows11_64Guest", OsFamily.Windows, "windows", "11", Architecture.X86_64)]
    [InlineData("solaris11_64Guest", OsFamily.Solaris, "solaris", "11", Architecture.X86_64)]
    [InlineData("freebsd13_64Guest", OsFamily.Bsd, "freebsd", "13", Architecture.X86_64)]
    [InlineData("darwin19_64Guest", OsFamily.Other, "macos", "19", Architecture.X86_64)]
    [InlineData("fromTheFutureGuest", OsFamily.Unknown, null, null, Architecture.I686)]
    public void A_guest_identifier_says_what_runs_inside(string id, OsFamily family, string? distribution, string? version, Architecture arch)
    {
        var os = GuestOs.Of(id);
        Assert.Equal((family, distribution, version, arch), (os.Os.Family, os.Os.Distribution, os.Os.Version, os.Arch));
    }

    [Theory]
    [InlineData("a/b", "a%2fb")]
    [InlineData("50%", "50%25")]
    [InlineData(@"c:\d", "c:%5cd")]
    [InlineData("%2f", "%252f")]
    public void Names_are_written_as_vCenter_writes_them(string name, string written)
    {
        Assert.Equal(written, EntityNames.Encode(name));
        Assert.Equal(name, EntityNames.Decode(written));
    }

    [Theory]
    [InlineData("InvalidPowerState", ProviderError.Conflict)]
    [InlineData("NoPermission", ProviderError.PermissionDenied)]
    [InlineData("RestrictedVersion", ProviderError.NotCapable)]
    [InlineData("InsufficientMemoryResourcesFault", ProviderError.CapacityExceeded)]
    [InlineData("FaultOfTomorrow", ProviderError.ProviderFault)]
    public void A_fault_is_one_of_our_errors_and_keeps_its_name_and_text(string fault, ProviderError error)
    {
        var e = VimErrors.Explain(new VimFault(fault, "It is so.", "privilegeId: A.B"), "starting 'web1'", "vc1");
        Assert.Equal((error, fault, "It is so."), (e.Error, e.NativeCode, e.NativeMessage));
        Assert.Contains("starting 'web1'", e.Message, StringComparison.Ordinal);
        Assert.Contains("A.B", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://vc/sdk", null)]
    [InlineData("https://vc", null)]
    [InlineData("https://vc:9443/sdk", null)]
    [InlineData("http://127.0.0.1:8989/sdk", null)]
    [InlineData("http://vc/sdk", "https")]
    [InlineData("https://root:x@vc/sdk", "--user")]
    [InlineData("vc", "written")]
    public void An_address_is_judged_by_its_form(string url, string? says)
    {
        var problem = VSphereAddress.TryParse(url, out _);
        if (says is null)
            Assert.Null(problem);
        else
            Assert.Contains(says, problem, StringComparison.Ordinal);
    }
}
