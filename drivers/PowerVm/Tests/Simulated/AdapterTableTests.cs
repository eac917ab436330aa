using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Simulated;

/// <summary>The adapters of a system: in one table where the console gives it, one partition after another where not.</summary>
public sealed class AdapterTableTests
{
    private const string Ask = "GET uom/LogicalPartition/ClientNetworkAdapter";
    private const string Run = "PUT uom/ManagementConsole/do/CLIRunner";

    [Fact]
    public async Task A_systems_adapters_come_with_one_command()
    {
        await using var console = await SimulatedConsole.StartAsync(2, 40);
        var guests = await ListAsync(console);
        AssertNics(console, guests);
        Assert.Equal((2, 0), (console.Server.Calls.GetValueOrDefault(Run), console.Server.Calls.GetValueOrDefault(Ask)));
    }

    [Fact]
    public async Task A_console_that_runs_no_commands_is_asked_for_each_partitions_adapters()
    {
        await using var console = await SimulatedConsole.StartAsync(2, 40, null, ("cli", "no"));
        var guests = await ListAsync(console);
        AssertNics(console, guests);
        Assert.Equal(40, console.Server.Calls.GetValueOrDefault(Ask));
    }

    [Fact]
    public async Task For_a_few_partitions_no_command_is_run()
    {
        await using var console = await SimulatedConsole.StartAsync(2, 8);
        AssertNics(console, await ListAsync(console));
        Assert.Equal((0, 8), (console.Server.Calls.GetValueOrDefault(Run), console.Server.Calls.GetValueOrDefault(Ask)));
    }

    [Theory]
    [InlineData("No results were found.\n", 0)]
    [InlineData("", 0)]
    [InlineData("3,2,1,ETHERNET0(Default),0,42DB5E000302\n3,3,4094,MGMTSWITCH,0,42DB5E000303\n", 2)]
    [InlineData("3,2,1,ETHERNET0(Default),0,42DB5E000302\r\n3,9,1,ETHERNET0(Default),1,42DB5E000309\r\n", 1)]
    [InlineData("3,2,1,ETHERNET0(Default),0,42DB5E000302\n3,3,1,ETHER", 0)]
    [InlineData("3,2,1,ETHERNET0(Default),0,no address\n", 0)]
    [InlineData("HSCL8018 The managed system was not found.\n", 0)]
    public void A_partition_is_told_wholly_or_not_at_all(string table, int adapters) =>
        Assert.Equal(adapters, AdapterTable.Rows(table).GetValueOrDefault(3)?.Count ?? 0);

    private static async Task<IReadOnlyList<Guest>> ListAsync(SimulatedConsole console)
    {
        await using var connection = await new Plugin().ConnectAsync(console.Address, DriverBed.Context, TestContext.Current.CancellationToken);
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        return watch.All<Guest>();
    }

    private static MacAddress Mac(string text) => MacAddress.TryParse(text, out var mac) ? mac : default;

    private static void AssertNics(SimulatedConsole console, IReadOnlyList<Guest> guests)
    {
        Assert.Equal(console.Server.Estate.Partitions.Count, guests.Count);
        foreach (var guest in guests)
        {
            var partition = console.Server.Estate.Partitions.Values.Single(p => guest.NativeId == new NativeId(p.Uuid));
            Assert.Equal(
                partition.Adapters.OrderBy(a => a.Slot).Select(a => (Mac(a.Mac), partition.System.Networks.Find(n => n.Vlan == a.Vlan && n.Switch == a.Switch)!.Name)),
                guest.Nics.Select(nic => (nic.Mac!.Value, nic.Network!)));
        }
    }
}
