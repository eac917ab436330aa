using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Words;

public sealed class StateTests
{
    /// <summary>libvirt-domain.h of 11.3: how many reasons each state has.</summary>
    public static TheoryData<int, int> States => new() { { 0, 1 }, { 1, 12 }, { 2, 1 }, { 3, 15 }, { 4, 2 }, { 5, 9 }, { 6, 2 }, { 7, 1 } };

    [Theory]
    [MemberData(nameof(States))]
    public void Every_state_and_reason_that_libvirt_has_is_mapped(int state, int reasons)
    {
        for (var reason = 0; reason < reasons; reason++)
            Assert.True(Mapping.State(state, reason, managedSave: false).Known, $"state {state} reason {reason}");
    }

    [Theory]
    [MemberData(nameof(States))]
    public void A_reason_of_the_future_keeps_the_state_and_is_shown(int state, int reasons)
    {
        var word = Mapping.State(state, reasons + 50, managedSave: false);
        Assert.False(word.Known);
        Assert.Equal(Mapping.State(state, 0, managedSave: false).Power, word.Power);
        Assert.Contains($"reason {reasons + 50}", word.Raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_state_of_the_future_is_unknown_and_never_off(int state)
    {
        var word = Mapping.State(state, 0, managedSave: true);
        Assert.Equal(PowerState.Unknown, word.Power);
        Assert.False(word.Known);
    }

    [Theory]
    [InlineData(1, 1, PowerState.On, Transition.None)]
    [InlineData(2, 0, PowerState.On, Transition.None)]
    [InlineData(3, 1, PowerState.Paused, Transition.None)]
    [InlineData(3, 2, PowerState.Paused, Transition.Migrating)]
    [InlineData(3, 3, PowerState.Paused, Transition.Suspending)]
    [InlineData(4, 1, PowerState.On, Transition.Stopping)]
    [InlineData(5, 1, PowerState.Off, Transition.None)]
    [InlineData(5, 3, PowerState.Off, Transition.None)]
    [InlineData(6, 1, PowerState.Crashed, Transition.None)]
    [InlineData(7, 0, PowerState.Paused, Transition.None)]
    public void The_words_mean_what_they_say(int state, int reason, PowerState power, Transition transition)
    {
        var word = Mapping.State(state, reason, managedSave: false);
        Assert.Equal((power, transition), (word.Power, word.Transition));
    }

    [Fact]
    public void A_guest_that_is_off_with_its_memory_saved_is_suspended() =>
        Assert.Equal(PowerState.Suspended, Mapping.State(Mapping.ShutOff, 5, managedSave: true).Power);

    [Fact]
    public void Every_architecture_that_we_can_name_to_libvirt_comes_back_as_itself()
    {
        foreach (var arch in Enum.GetValues<Architecture>().Where(a => a != Architecture.Unknown))
            Assert.Equal(arch, Mapping.Arch(Mapping.ArchName(arch)));
        Assert.Equal(Architecture.Unknown, Mapping.Arch("m68k"));
    }
}
