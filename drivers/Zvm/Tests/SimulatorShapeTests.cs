using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Anyvisor.Driver.Http;
using Anyvisor.Driver;
using Anyvisor.Drivers.Zvm.Simulator;
using Anyvisor.Drivers.Zvm.Tests.Conformance;
using Anyvisor.Drivers.Zvm.Tests.Recordings;
using Anyvisor.Drivers.Zvm.Wire.Feilong;
using Anyvisor.Drivers.Zvm.Wire.Smapi;
using Anyvisor.Simulation;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Drivers.Zvm.Tests;

/// <summary>The simulator's answers beside the recorded ones: the same fields, of the same kinds, in the same order.</summary>
public sealed class SimulatorShapeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("test_host_info.txt", "host")]
    [InlineData("test_guests_list.txt", "guests")]
    [InlineData("test_guest_get_power_state.txt", "guests/LNX00000/power_state")]
    [InlineData("test_guest_get.txt", "guests/LNX00000")]
    [InlineData("test_guest_get_user_direct.txt", "guests/LNX00000/user_direct")]
    [InlineData("test_guests_get_nic_info.txt", "guests/nics")]
    [InlineData("test_guests_get_interface_stats.txt", "guests/interfacestats?userid=LNX00000,LNX00001,LNX00002,LNX00003,LNX00004")]
    [InlineData("test_host_disk_info.txt", "host/diskpool")]
    [InlineData("test_image_get_root_disk_size.txt", "images/rhel9/root_disk_size")]
    [InlineData("test_vswitch_query.txt", "vswitches/VSWPROD")]
    public async Task A_page_has_the_shape_of_its_sample(string sample, string page)
    {
        Recorded.Require();
        await using var simulation = await StartAsync("feilong");
        using var client = new FeilongClient(new Uri(simulation.Address.Url + "/"), ServerTrust.Of(ZvmBed.AddressOf(simulation.Address)), ZvmBed.AddressOf(simulation.Address).Password, 2);
        var ours = await client.GetAsync(page, "a test", Token);
        using var theirs = JsonDocument.Parse(Recorded.Reply(sample)!);
        Same(theirs.RootElement.GetProperty("output"), ours.Output, page);
    }

    [Theory]
    [InlineData("Image_Name_Query_DM", "ANYVISOR")]
    [InlineData("Image_CPU_Query", "DIRMAINT")]
    [InlineData("Image_Status_Query", "DIRMAINT")]
    [InlineData("Image_Query_DM", "DIRMAINT")]
    [InlineData("Image_Active_Configuration_Query", "DIRMAINT")]
    [InlineData("System_Information_Query", "ANYVISOR")]
    [InlineData("System_Performance_Info_Query", "ANYVISOR")]
    [InlineData("Query_Asynchronous_Operation_DM", "ANYVISOR")]
    public async Task An_answer_of_the_management_API_reads_as_the_recorded_one(string function, string target)
    {
        Recorded.Require();
        await using var simulation = await StartAsync("smapi");
        var address = ZvmBed.AddressOf(simulation.Address);
        using var client = new SmapiClient(new Uri(address.Url), ServerTrust.Of(address), address.User!, address.Password, 2);
        var ours = await client.QueryAsync(function, target, null, Token);
        var theirs = SmapiReply.Parse(Recorded.Exchanges(function).First().Received, function);
        Assert.Equal(theirs.ReturnCode, ours.ReturnCode);
        Assert.Equal(Shape(theirs.Output.Span), Shape(ours.Output.Span));
    }

    [Fact]
    public async Task Whoever_has_the_wrong_password_is_told_so_by_both()
    {
        foreach (var name in (string[])["feilong", "smapi"])
        {
            await using var simulation = await StartAsync(name);
            var address = ZvmBed.AddressOf(simulation.Address) with { Password = new Secret("wr0ng-c4nary") };
            var e = await Assert.ThrowsAsync<ProviderException>(() => new ZvmDriver().ConnectAsync(address, ZvmBed.Context, Token));
            Assert.Equal(ProviderError.AuthenticationFailed, e.Error);
            Assert.DoesNotContain("c4nary", e.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>Fields in their order, and kinds of values. A table by names of users has names of its own.</summary>
    private static void Same(JsonElement theirs, JsonElement ours, string where)
    {
        Assert.True(theirs.ValueKind == ours.ValueKind || theirs.ValueKind == JsonValueKind.Null || ours.ValueKind == JsonValueKind.Null, $"{where}: {theirs.ValueKind} and {ours.ValueKind}");
        if (theirs.ValueKind == JsonValueKind.Array && theirs.GetArrayLength() > 0)
            Same(theirs[0], ours[0], where + "[]");
        if (theirs.ValueKind != JsonValueKind.Object)
            return;
        var (expected, given) = (theirs.EnumerateObject().ToList(), ours.EnumerateObject().ToList());
        if (expected.Count > 0 && expected[0].Name.All(c => !char.IsAsciiLetterLower(c)) && given.Count > 0)
            Same(expected[0].Value, given[0].Value, $"{where}.*");
        else if (!expected.Any(field => given.All(other => other.Name != field.Name)) || !expected[0].Name.Contains('_', StringComparison.Ordinal) || !char.IsAsciiDigit(expected[0].Name[^1]))
        {
            Assert.Equal(expected.Select(field => field.Name), given.Select(field => field.Name));
            foreach (var (one, other) in expected.Zip(given))
                Same(one.Value, other.Value, $"{where}.{one.Name}");
        }
    }

    /// <summary>Where an answer begins: whether with a length, and of what.</summary>
    private static (bool Counted, bool Nested) Shape(ReadOnlySpan<byte> output)
    {
        bool IsLength(ReadOnlySpan<byte> bytes) => bytes.Length >= 4 && bytes[0] == 0;
        return (IsLength(output), output.Length >= 8 && IsLength(output[4..]));
    }

    private static Task<ISimulation> StartAsync(string name) => new ZvmSimulator().StartAsync(
        new SimulationOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Hosts = 1, Guests = 5, Settings = ImmutableSortedDictionary<string, string>.Empty.Add("interface", name), Loggers = NullLoggerFactory.Instance },
        Token);
}
