using Anyvisor.Drivers.Sim.Options;
using Xunit;

namespace Anyvisor.Drivers.Sim.Tests;

public sealed class SimUrlTests
{
    [Fact]
    public void The_url_of_the_handbook_is_read()
    {
        Assert.Null(SimUrl.TryParse(SimUrl.Example, out var options));
        Assert.Equal((1000, 1_000_000, 1UL, 5000d), (options.Hosts, options.Guests, options.Seed, options.Churn));
    }

    [Fact]
    public void A_bare_url_gives_a_small_estate()
    {
        Assert.Null(SimUrl.TryParse("sim:", out var options));
        Assert.Equal((24, 500), (options.Hosts, options.Guests));
    }

    [Theory]
    [InlineData("sim:?gests=5", "guests")]
    [InlineData("sim:?latancy=5ms", "latency")]
    [InlineData("sim:?host=5", "hosts")]
    public void An_unknown_option_names_the_nearest(string url, string nearest)
    {
        var problem = SimUrl.TryParse(url, out _);
        Assert.Contains($"Did you mean {nearest}", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://x", "begin with 'sim:'")]
    [InlineData("sim://host", "options after 'sim:'")]
    [InlineData("sim:?hosts", "NAME=VALUE")]
    [InlineData("sim:?hosts=0", "from 1 to")]
    [InlineData("sim:?hosts=-1", "from 1 to")]
    [InlineData("sim:?guests=1e6", "whole number")]
    [InlineData("sim:?guests=99999999999999999999", "whole number")]
    [InlineData("sim:?churn=NaN", "changes a second")]
    [InlineData("sim:?churn=-1", "changes a second")]
    [InlineData("sim:?latency=fast", "length of time")]
    [InlineData("sim:?latency=9999999s", "length of time")]
    [InlineData("sim:?native=perhaps", "true or false")]
    [InlineData("sim:?seed=1&seed=2", "twice")]
    [InlineData("sim:?fault=explode", "hang")]
    [InlineData("sim:?fault=drop@soon", "length of time")]
    public void A_wrong_url_says_what_is_wrong(string url, string part) =>
        Assert.Contains(part, SimUrl.TryParse(url, out _), StringComparison.Ordinal);

    [Fact]
    public void Faults_come_with_their_times()
    {
        Assert.Null(SimUrl.TryParse("sim:?fault=drop@10s,hang@1m&latency=50ms", out var options));
        Assert.Equal(TimeSpan.FromMilliseconds(50), options.Latency);
        Assert.Equal([new SimFault(FaultKind.Drop, TimeSpan.FromSeconds(10)), new SimFault(FaultKind.Hang, TimeSpan.FromMinutes(1))], options.Faults);
    }
}
