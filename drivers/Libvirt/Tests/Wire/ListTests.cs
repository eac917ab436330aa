using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>More guests than one answer of the protocol may carry (16,384).</summary>
public sealed class ListTests : FakeDaemonFixture
{
    private const int Limit = 16384;
    private const int ListAll = 273;
    private const int ListIds = 37;
    private const int ListDefinedNames = 21;
    private const int NumOfDomains = 51;
    private const int NumOfDefinedDomains = 25;
    private const int LookupById = 22;

    [Fact]
    public async Task A_list_that_is_too_long_is_asked_for_in_parts()
    {
        // Guest i is active if even, paused if a multiple of four, autostarted if a multiple of three.
        Guests(40_000, (i, filter) =>
            Side(filter, 1, 2, i % 2 == 0) && Side(filter, 1024, 2048, i % 3 == 0)
            && (filter & 0xf0) switch { 0 => true, 16 => i % 4 == 2, 32 => i % 4 == 0, 64 => i % 2 == 1, _ => false });
        await using var client = await ConnectAsync();

        var listing = await client.ListDomainsAsync(Cancel);

        Assert.True(listing.IsComplete);
        Assert.Equal(40_000, listing.Domains.Select(d => d.Uuid).Distinct().Count());
        Assert.Equal(40_000, listing.Domains.Count);
    }

    [Fact]
    public async Task What_no_filter_splits_is_looked_up_one_by_one()
    {
        // All of them run, and nothing tells them apart.
        Guests(16_390, (_, filter) => (filter & ~(1u | 16 | 2048 | 8192 | 512 | 4 | 32768)) == 0);
        Daemon.On[ListIds] = (line, call) =>
        {
            var ids = new Bytes().Int(Limit);
            for (var i = 0; i < Limit; i++)
                ids.Int(i);
            return line.ReplyAsync(call, ids);
        };
        Daemon.On[LookupById] = (line, call) => call.Int() is var id && id != 5
            ? line.ReplyAsync(call, new Bytes().Domain($"g{id}", id, id))
            : line.ErrorAsync(call, 42, 10, "no domain with matching id 5");
        var count = 16_390;
        Daemon.On[NumOfDomains] = (line, call) => line.ReplyAsync(call, new Bytes().Int(count));
        Daemon.On[NumOfDefinedDomains] = (line, call) => line.ReplyAsync(call, new Bytes().Int(0));
        await using var client = await ConnectAsync();

        var partly = await client.ListDomainsAsync(Cancel);
        count = Limit - 1;
        var whole = await client.ListDomainsAsync(Cancel);

        Assert.False(partly.IsComplete);
        Assert.Equal(Limit - 1, partly.Domains.Count);
        Assert.True(whole.IsComplete);
    }

    [Fact]
    public async Task A_filter_that_the_hypervisor_lacks_does_not_fail_the_list()
    {
        Daemon.On[ListAll] = (line, call) => Filter(call) switch
        {
            0 => line.ErrorAsync(call, 1, 7, "Too many domains '16385' for limit '16384'"),
            1 or 2 => line.ErrorAsync(call, 1, 7, "Too many domains '16385' for limit '16384'"),
            _ => line.ErrorAsync(call, 8, 10, "unsupported flags (0x10)"),
        };
        Daemon.On[ListIds] = (line, call) => line.ReplyAsync(call, new Bytes().Int(1).Int(1));
        Daemon.On[ListDefinedNames] = (line, call) => line.ReplyAsync(call, new Bytes().Int(0));
        Daemon.On[LookupById] = (line, call) => line.ReplyAsync(call, new Bytes().Domain("g1", 1, 1));
        Daemon.On[NumOfDomains] = (line, call) => line.ReplyAsync(call, new Bytes().Int(1));
        Daemon.On[NumOfDefinedDomains] = (line, call) => line.ReplyAsync(call, new Bytes().Int(0));
        await using var client = await ConnectAsync();

        var listing = await client.ListDomainsAsync(Cancel);

        Assert.True(listing.IsComplete);
        Assert.Equal("g1", Assert.Single(listing.Domains).Name);
    }

    private void Guests(int count, Func<int, uint, bool> matches) => Daemon.On[ListAll] = (line, call) =>
    {
        var filter = Filter(call);
        var chosen = Enumerable.Range(0, count).Where(i => matches(i, filter)).ToList();
        if (chosen.Count > Limit)
            return line.ErrorAsync(call, 1, 7, $"Too many domains '{chosen.Count}' for limit '{Limit}'");
        var list = new Bytes().Int(chosen.Count);
        foreach (var i in chosen)
            list.Domain($"g{i}", i, i);
        return line.ReplyAsync(call, list.Int(chosen.Count));
    };

    private static uint Filter(FakeCall call)
    {
        call.Int(); // need_results
        return (uint)call.Int();
    }

    private static bool Side(uint filter, uint yes, uint no, bool isYes) => (filter & (yes | no)) == 0 || (filter & (isYes ? yes : no)) != 0;
}
