using Anyvisor.EndToEnd.Harness;
using Xunit;

namespace Anyvisor.EndToEnd.Guests;

/// <summary>An IBM i image deployed on an x64 host: it can't run there, and the answer names the host where it can.</summary>
public sealed class ImpossibleHosts(LibvirtEstate estate) : IClassFixture<LibvirtEstate>, IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("anyvisor-e2e-sim-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task IBM_i_on_x64_is_refused_before_anything_is_made_with_the_rule_and_the_host_that_can()
    {
        await using var power = await SimulatedSystem.StartAsync("powervm", _data, "--hosts", "1", "--guests", "4", "--name", "power");
        var pasted = await power.PasteAsync(estate.Server.Data);
        Assert.True(pasted.ExitCode == 0, pasted.ToString());
        var image = estate.NewName("ibmi");
        await estate.Cli.DoAsync("image", "import", Bed.HelloImage, "--name", image, "--provider", LibvirtEstate.Provider, "--os", "ibmi", "--arch", "ppc64");
        var hosts = (await estate.Cli.JsonAsync("host", "list", "--filter", "provider:power")).EnumerateArray().Select(host => host.GetProperty("name").GetString()!).ToArray();
        var before = await estate.Virsh.VolumesAsync();
        var name = estate.NewName("as400");

        var ran = await estate.Cli.TryAsync("guest", "create", name, "--provider", LibvirtEstate.Provider, "--image", image, "--cpus", "1", "--memory", "4GiB");

        Assert.NotEqual(0, ran.ExitCode);
        Assert.Contains("IBM i", ran.Error, StringComparison.Ordinal);
        Assert.Contains(Assert.Single(hosts), ran.Error, StringComparison.Ordinal);
        Assert.Equal(before, await estate.Virsh.VolumesAsync());
        Assert.Equal("absent", await estate.Virsh.StateAsync(name));
        await estate.Cli.DoAsync("image", "delete", $"{LibvirtEstate.Provider}/{image}");
        await estate.Cli.DoAsync("provider", "remove", "power");
    }
}
