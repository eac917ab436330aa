using System.Net;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class ListTests : IClassFixture<RunningServer>
{
    private readonly RunningServer _server;

    public ListTests(RunningServer server)
    {
        _server = server;
        server.Core.Inventory.Apply("lab", [.. Enumerable.Range(0, 25).Select(i => new Seen(Guest("lab", i, $"web{i:00}"), "{\"xml\":true}"u8.ToArray()))]);
        server.Core.Inventory.Apply("far", [new Seen(Guest("far", 0, "web00"))]);
    }

    private static Guest Guest(string provider, int number, string name) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, new NativeId($"n{number}")),
            NativeId = new NativeId($"n{number}"),
            Name = name,
            Provider = provider,
            Power = number % 2 == 0 ? PowerState.On : PowerState.Off,
            Memory = (1L + number) << 30,
            Vcpus = 2,
            Os = new OperatingSystemInfo { Family = OsFamily.Linux, Distribution = "debian" },
            Disks = [new Disk { Name = "vda", Capacity = 5, Format = "qcow2" }],
            Nics = [new Nic { Mac = new MacAddress(0x525400000000 + (ulong)number), Addresses = ["10.0.0.7"] }],
            ObservedAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        };

    [Fact]
    public async Task Pages_follow_each_other_by_their_cursor_and_none_comes_twice()
    {
        List<string> names = [];
        var path = "/api/v1/guests?filter=provider:lab&sort=-memory&limit=10";
        string? cursor = null;
        do
        {
            var page = await _server.Viewer.GetJsonAsync(path + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"));
            Assert.Equal(25, page.GetProperty("total").GetInt32());
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(guest => guest.GetProperty("name").GetString()!));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        } while (cursor is not null);
        Assert.Equal([.. Enumerable.Range(0, 25).Reverse().Select(i => $"web{i:00}")], names);
    }

    [Fact]
    public async Task Fields_choose_what_is_written_down_to_names_inside()
    {
        var page = await _server.Viewer.GetJsonAsync("/api/v1/guests?filter=provider:lab%20name:web03&fields=name,power,os.family,disks.capacity,nics.mac,tags.none");
        Assert.Equal(
            """[{"name":"web03","power":"off","os":{"family":"linux"},"disks":[{"capacity":5}],"nics":[{"mac":"52:54:00:00:00:03"}],"tags":{}}]""",
            page.GetProperty("items").GetRawText()
        );
    }

    [Fact]
    public async Task A_guest_is_found_by_id_by_name_and_by_provider_and_name()
    {
        var id = ObjectId.Derive(ObjectKind.Guest, "lab", new NativeId("n7")).ToString();
        foreach (var reference in new[] { id, "web07", "lab%2Fweb07", "lab%2fweb07" })
            Assert.Equal(id, (await _server.Viewer.GetJsonAsync("/api/v1/guests/" + reference)).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_ambiguous_name_answers_conflict_with_the_candidates()
    {
        using var response = await _server.Viewer.GetAsync("/api/v1/guests/web00", TestContext.Current.CancellationToken);
        Assert.Contains("far/web00", await response.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Equal(
            ["far/web00", "lab/web00"],
            (await response.JsonAsync()).GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetString())
        );
        Assert.Equal("far", (await _server.Viewer.GetJsonAsync("/api/v1/guests/far%2Fweb00")).GetProperty("provider").GetString());
    }

    [Fact]
    public async Task Every_action_has_a_reason_where_it_is_not_allowed()
    {
        var guest = await _server.Viewer.GetJsonAsync("/api/v1/guests/web07");
        var actions = guest.GetProperty("actions").EnumerateObject().ToList();
        Assert.Equal(Enum.GetValues<Verb>().Length, actions.Count);
        Assert.All(
            actions,
            action =>
            {
                Assert.False(action.Value.GetProperty("allowed").GetBoolean());
                Assert.NotEqual("", action.Value.GetProperty("reason").GetProperty("text").GetString());
            }
        );
    }

    [Fact]
    public async Task The_system_s_own_words_come_as_they_were_kept()
    {
        Assert.Equal("""{"xml":true}""", (await _server.Viewer.GetJsonAsync("/api/v1/guests/web07?native=true")).GetRawText());
        Assert.Equal("""{"xml":true}""", (await _server.Viewer.GetJsonAsync("/api/v1/guests/web07/native")).GetRawText());
    }

    [Fact]
    public async Task Times_are_UTC_and_what_is_not_known_is_left_out()
    {
        var guest = await _server.Viewer.GetJsonAsync("/api/v1/guests/web07");
        Assert.Equal("2026-01-02T03:04:05Z", guest.GetProperty("observedAt").GetString());
        Assert.False(guest.TryGetProperty("host", out _));
    }

    [Theory]
    [InlineData("hosts")]
    [InlineData("clusters")]
    [InlineData("images")]
    [InlineData("sizes")]
    [InlineData("volumes")]
    [InlineData("datastores")]
    [InlineData("networks")]
    public async Task Each_kind_has_its_list_and_says_when_one_is_not_there(string list)
    {
        Assert.Equal("""{"items":[],"total":0}""", (await _server.Viewer.GetJsonAsync("/api/v1/" + list)).GetRawText());
        using var missing = await _server.Viewer.GetAsync($"/api/v1/{list}/none", TestContext.Current.CancellationToken);
        Assert.Contains("'none'", await missing.ProblemAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }
}
