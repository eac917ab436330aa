using System.Text.Json;

namespace Anyvisor.Cli.Tests;

public sealed class ListTests
{
    private const string Web1 =
        """{"id":"0123456789abcdefghjkmnpqrs","name":"web1","power":"on","transition":"none","provider":"lab","host":"kvm1","vcpus":2,"memory":2147483648,"addresses":["10.0.0.5"],"fromTheFuture":{"deep":[1,2.50]}}""";

    private static string Page(string items, string? cursor = null, int total = 1) =>
        $$"""{"items":[{{items}}],"total":{{total}}{{(cursor is null ? "" : $",\"nextCursor\":\"{cursor}\"")}}}""";

    private static string Named(string name) => $$"""{"name":"{{name}}"}""";

    [Fact]
    public async Task Json_is_the_items_array_with_the_servers_own_bytes_and_unknown_fields()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", 200, Page(Web1));
        var run = await Run.Async(server, "guest", "list", "-o", "json");
        Assert.Equal(0, run.Code);
        Assert.Contains(Web1, run.Out, StringComparison.Ordinal);
        Assert.Equal(1, JsonElement.Parse(run.Out).GetArrayLength());
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task An_empty_list_is_an_empty_array()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/hosts", 200, Page("", total: 0));
        Assert.Equal("[]\n", (await Run.Async(server, "host", "list", "-o", "json")).Out);
        Assert.Equal("[]", (await Run.Async(server, "host", "list", "-o", "yaml")).Out.Trim());
        Assert.Equal("", (await Run.Async(server, "host", "list", "-o", "name")).Out);
        Assert.StartsWith("NAME", (await Run.Async(server, "host", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_limit_every_page_is_followed_by_its_cursor()
    {
        await using var server = await StubServer.StartAsync();
        server.OnInTurn("GET", "/guests", Page(Named("a"), "one", 3), Page(Named("b"), "two", 3), Page(Named("c"), null, 3));
        var run = await Run.Async(server, "guest", "list", "-o", "name");
        Assert.Equal("a\nb\nc\n", run.Out);
        Assert.Equal(["?limit=1000&fields=name", "?limit=1000&fields=name&cursor=one", "?limit=1000&fields=name&cursor=two"], server.Calls.Select(static c => c.Query));
    }

    [Fact]
    public async Task A_limit_above_a_page_asks_for_what_is_left_alone()
    {
        await using var server = await StubServer.StartAsync();
        var full = string.Join(',', Enumerable.Range(0, 1000).Select(static i => Named($"g{i}")));
        server.OnInTurn("GET", "/guests", Page(full, "next", 5000), Page(Named("last"), "more", 5000));
        var run = await Run.Async(server, "guest", "list", "-o", "json", "--limit", "1001");
        Assert.Equal(1001, JsonElement.Parse(run.Out).GetArrayLength());
        Assert.Equal(["?limit=1000", "?limit=1&cursor=next"], server.Calls.Select(static c => c.Query));
    }

    [Fact]
    public async Task A_cursor_on_an_empty_page_does_not_ask_for_ever()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", 200, Page("", "again", 5));
        Assert.Equal(0, (await Run.Async(server, "guest", "list")).Code);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Filter_and_sort_travel_escaped()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", 200, Page(""));
        await Run.Async(server, "guest", "list", "--filter", "name~web* \"a&b\" cpu>=4", "--sort", "-memory,name", "-o", "json");
        Assert.Equal("?limit=1000&filter=name~web%2A%20%22a%26b%22%20cpu%3E%3D4&sort=-memory%2Cname", server.Calls.Single().Query);
    }

    [Fact]
    public async Task A_table_asks_for_its_own_fields_and_shows_units()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", 200, Page(Web1));
        var run = await Run.Async(server, "guest", "list");
        Assert.Contains("fields=name%2Cpower%2Ctransition", server.Calls.Single().Query, StringComparison.Ordinal);
        var lines = run.Out.Split('\n');
        Assert.Equal(["NAME", "POWER", "PROVIDER", "HOST", "CPUS", "MEMORY", "ADDRESSES"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["web1", "on", "lab", "kvm1", "2", "2", "GiB", "10.0.0.5"], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_guest_that_is_out_of_sight_is_not_shown_as_on()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", 200, Page("""{"name":"web1","power":"on","transition":"none","presence":"unreachable"}"""));
        Assert.Contains("unreachable (was on)", (await Run.Async(server, "guest", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_fits_the_terminal_and_is_not_cut_in_a_pipe()
    {
        await using var server = await StubServer.StartAsync();
        var address = string.Join("\",\"", Enumerable.Range(0, 20).Select(static i => $"2001:db8::{i}"));
        server.On("GET", "/guests", 200, Page($$"""{"name":"web1","power":"on","addresses":["{{address}}"]}"""));
        var terminal = await Run.Async(new Scene { Server = server.Url, Width = 60 }, "guest", "list");
        Assert.All(terminal.Out.Split('\n'), static line => Assert.True(line.Length <= 60, line));
        Assert.Contains("…", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("2001:db8::19", (await Run.Async(server, "guest", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task States_have_colours_on_a_terminal_alone()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", 200, Page(Web1));
        Assert.Contains("\e[32m", (await Run.Async(new Scene { Server = server.Url, Width = 200, NoColour = false }, "guest", "list")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', (await Run.Async(new Scene { Server = server.Url, Width = 200 }, "guest", "list")).Out);
        Assert.DoesNotContain('\e', (await Run.Async(new Scene { Server = server.Url, NoColour = false }, "guest", "list")).Out);
    }

    [Fact]
    public async Task A_name_made_of_escape_sequences_does_not_reach_the_terminal()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", 200, Page("""{"name":"\u001b]0;owned\u0007\u009b2J\nx","power":"on"}"""));
        foreach (var format in (string[])["table", "name"])
        {
            var run = await Run.Async(server, "guest", "list", "-o", format);
            Assert.DoesNotContain(run.Out, static c => c is '\e' or '\a' or '\u009b');
            Assert.Contains("owned", run.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Yaml_quotes_what_would_be_read_as_something_else()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests/web1", 200, """{"name":"on","raw":"1.0","memory":1024,"flag":true,"none":null,"list":[],"map":{},"text":"a: b","lines":"a\nb"}""");
        var run = await Run.Async(server, "guest", "show", "web1", "-o", "yaml");
        Assert.Equal(0, run.Code);
        foreach (var line in (string[])["name: \"on\"", "raw: \"1.0\"", "memory: 1024", "flag: true", "none: null", "list: []", "map: {}", "text: 'a: b'", "lines: \"a\\nb\""])
            Assert.Contains(line + "\n", run.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_prints_the_servers_document_and_escapes_the_reference()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests/lab%2Fweb%201", 200, Web1);
        var run = await Run.Async(server, "guest", "show", "lab/web 1", "-o", "json");
        Assert.Equal(Web1 + "\n", run.Out);
    }

    [Fact]
    public async Task Show_tells_a_person_what_can_not_be_done_and_why()
    {
        await using var server = await StubServer.StartAsync();
        server.On(
            "GET",
            "/guests/web1",
            200,
            """{"name":"web1","memory":2147483648,"os":{"family":"linux"},"disks":[{"name":"vda","capacity":1073741824}],"actions":{"start":{"allowed":false,"level":"native","reason":{"code":"already-on","text":"It is on."}},"stop":{"allowed":true,"level":"native"}},"fromTheFuture":"kept"}"""
        );
        var run = await Run.Async(server, "guest", "show", "web1");
        Assert.Contains("2 GiB (2147483648)", run.Out, StringComparison.Ordinal);
        Assert.Contains("start  It is on.", run.Out, StringComparison.Ordinal);
        Assert.Contains("vda  capacity 1 GiB", run.Out, StringComparison.Ordinal);
        Assert.Contains("kept", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drivers_are_a_table_of_verbs_and_levels()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/drivers", 200, Page("""{"kind":"libvirt","description":"KVM","urlExamples":["qemu:///system"],"verbs":{"start":"native","tag":"emulated"}},{"kind":"sim","description":"Simulated","urlExamples":[],"verbs":{"start":"native"}}"""));
        var run = await Run.Async(server, "driver", "list");
        Assert.Contains(run.Out.Split('\n'), static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["tag", "emulated", "-"]);
        Assert.Equal("libvirt\nsim\n", (await Run.Async(server, "driver", "list", "-o", "name")).Out);
    }
}
