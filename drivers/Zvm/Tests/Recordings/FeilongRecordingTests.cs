using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Wire.Feilong;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Zvm.Tests.Recordings;

/// <summary>The connector's own samples of its answers.</summary>
public sealed class FeilongRecordingTests
{
    [Fact]
    public void Every_sample_of_an_answer_is_one()
    {
        Recorded.Require();
        var count = 0;
        foreach (var file in Recorded.Files("feilong-api_templates", "*.txt").Where(file => File.ReadAllText(file).Contains("overallRC", StringComparison.Ordinal)))
            if (Recorded.Reply(Path.GetFileName(file)) is { } body)
            {
                Assert.True(FeilongReply.Parse(body, "reading a sample").Succeeded, file);
                count++;
            }
        Assert.True(count >= 12, $"{count} samples");
    }

    [Fact]
    public void The_host_is_read_whole()
    {
        var system = FeilongReader.System(Output("test_host_info.txt"))!;
        Assert.Equal(("OPNSTK2", "6.4.0", "2817", 6, 51200L << 20, "ZCCUID"), (system.Name, system.Version, system.Model, system.Cpus, system.Memory, system.ServiceUser));
        Assert.Equal((51200L << 20, 3623L << 30, 3057L << 30), (system.FreeMemory, system.DiskTotal, system.DiskAvailable));
    }

    [Fact]
    public void A_switch_is_read_whole()
    {
        var network = FeilongReader.Network("x", Output("test_vswitch_query.txt"));
        Assert.Equal(("TESTVSW", true, "ethernet", (int?)null), (network.Name, network.Active, network.Type, network.Vlan));
        Assert.Equal(["8070"], network.RealDevices);
    }

    [Fact]
    public void Guests_states_and_entries_are_read()
    {
        Assert.Equal(["V1", "V2"], FeilongReader.Users(Output("test_guests_list.txt")));
        Assert.Equal((PowerState.Off, Transition.None), PowerWord.Meaning(FeilongJson.Text(Output("test_guest_get_power_state.txt"))!));
        Assert.Equal(["USER1", "INCLUDE PROFILE"], FeilongReader.Entry(Output("test_guest_get_user_direct.txt")));
        var traffic = FeilongJson.Fields(Output("test_guests_get_interface_stats.txt")).Single();
        Assert.Equal((6_131_168L, 1_367_740L), FeilongReader.WithTraffic(new CounterFacts(0, null, null, null), traffic.Value) is var read ? (read.ReceivedBytes!.Value, read.SentBytes!.Value) : default);
    }

    private static System.Text.Json.JsonElement Output(string name)
    {
        Recorded.Require();
        return FeilongReply.Parse(Recorded.Reply(name)!, "reading a sample").Output;
    }
}
