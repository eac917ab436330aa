namespace Anyvisor.Cli.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("guest start web1", "POST /api/v1/guests/web1:start", "")]
    [InlineData("guest stop web1", "POST /api/v1/guests/web1:stop", "")]
    [InlineData("guest shutdown web1", "POST /api/v1/guests/web1:shutdown", "")]
    [InlineData("guest reboot web1", "POST /api/v1/guests/web1:reboot", "")]
    [InlineData("guest reset web1", "POST /api/v1/guests/web1:reset", "")]
    [InlineData("guest pause web1", "POST /api/v1/guests/web1:pause", "")]
    [InlineData("guest resume web1", "POST /api/v1/guests/web1:resume", "")]
    [InlineData("guest suspend web1", "POST /api/v1/guests/web1:suspend", "")]
    [InlineData("guest delete web1", "DELETE /api/v1/guests/web1", "")]
    [InlineData("guest delete web1 --keep-disks --queue", "DELETE /api/v1/guests/web1?queue=true&keepDisks=true", "")]
    [InlineData("guest delete web1 --keep-disks --dry-run", "DELETE /api/v1/guests/web1?dryRun=true&keepDisks=true", "")]
    [InlineData("guest rename web1 web2", "PATCH /api/v1/guests/web1", """{"name":"web2"}""")]
    [InlineData("guest resize web1 --cpus 4 --memory 2GiB", "PATCH /api/v1/guests/web1", """{"vcpus":4,"memory":2147483648}""")]
    [InlineData("guest tag web1 env=prod", "PATCH /api/v1/guests/web1", """{"tags":{"env":"prod"}}""")]
    [InlineData("guest tag web1 env-", "PATCH /api/v1/guests/web1", """{"tags":{"env":null}}""")]
    [InlineData("guest clone web1 web2 --start", "POST /api/v1/guests/web1:clone", """{"name":"web2","start":true}""")]
    [InlineData("guest clone web1 web2 --full", "POST /api/v1/guests/web1:clone", """{"name":"web2","linked":false,"start":false}""")]
    [InlineData("guest migrate web1 --host kvm2 --live", "POST /api/v1/guests/web1:migrate", """{"host":"kvm2","live":true,"withStorage":false}""")]
    [InlineData("guest move web1 --to kvm --plan", "POST /api/v1/guests/web1:move?dryRun=true", """{"to":"kvm"}""")]
    [InlineData("guest snapshot create web1 before", "POST /api/v1/guests/web1/snapshots", """{"name":"before","quiesce":false}""")]
    [InlineData("guest snapshot create web1 --disk-only", "POST /api/v1/guests/web1/snapshots", """{"memory":false,"quiesce":false}""")]
    [InlineData("provider remove lab", "DELETE /api/v1/providers/lab", "")]
    [InlineData("provider check lab", "POST /api/v1/providers/lab:check", "")]
    [InlineData("provider refresh lab --accept", "POST /api/v1/providers/lab:refresh?accept=true", "")]
    [InlineData("provider update lab --disable", "PATCH /api/v1/providers/lab", """{"enabled":false}""")]
    [InlineData("image delete hello", "DELETE /api/v1/images/hello", "")]
    [InlineData("task cancel t1", "POST /api/v1/tasks/t1:cancel", "")]
    [InlineData("token revoke ci", "DELETE /api/v1/tokens/ci", "")]
    [InlineData("token create ci --role viewer", "POST /api/v1/tokens", """{"name":"ci","role":"viewer"}""")]
    public async Task A_command_line_is_one_request(string line, string request, string body)
    {
        await using var server = await StubServer.StartAsync();
        var (method, target) = (request.Split(' ')[0], request.Split(' ')[1]);
        server.On(method, target.Split('?')[0]["/api/v1".Length..], 202, StubServer.Task("succeeded"));
        var run = await Run.Async(server, line.Split(' '));
        Assert.Equal((0, request), (run.Code, server.Calls.Single().ToString()));
        Assert.Equal(body, server.Calls.Single().Body);
        Assert.Equal("Bearer secret-token-of-the-test", server.Calls.Single().Token);
        Assert.False(string.IsNullOrEmpty(server.Calls.Single().IdempotencyKey));
    }

    [Fact]
    public async Task Create_sends_everything_that_was_said()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/guests", 202, StubServer.Task("succeeded"));
        var line = "guest create first --provider local --image hello --cpus 2 --memory 256MiB --disk 10GiB --network a --network b --host h --start --tag x=y --user-data -";
        var run = await Run.Async(new Scene { Server = server.Url, InputText = "#cloud-config\n" }, line.Split(' '));
        Assert.Equal(0, run.Code);
        Assert.Equal(
            """{"name":"first","provider":"local","image":"hello","vcpus":2,"memory":268435456,"disk":10737418240,"networks":["a","b"],"host":"h","start":true,"tags":{"x":"y"},"settings":{"user-data":"#cloud-config\n"}}""",
            server.Calls.Single().Body
        );
    }

    [Fact]
    public async Task A_snapshot_is_found_by_its_name()
    {
        await using var server = await StubServer.StartAsync();
        server
            .On("GET", "/guests/web1/snapshots", 200, """{"items":[{"id":"s0","name":"older"},{"id":"s1","name":"before"}],"total":2}""")
            .On("POST", "/guests/web1/snapshots/s1:revert", 202, StubServer.Task("succeeded"));
        Assert.Equal(0, (await Run.Async(server, "guest", "snapshot", "revert", "web1", "before")).Code);
        var lost = await Run.Async(server, "guest", "snapshot", "delete", "web1", "never");
        Assert.Equal(3, lost.Code);
        Assert.Contains("older, before", lost.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_is_sent_as_its_bytes()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/images", 202, StubServer.Task("succeeded"));
        var run = await Run.Async(new Scene { Server = server.Url, InputText = "QFI bytes" }, "image", "import", "-", "--name", "hello world", "--provider", "local");
        Assert.Equal(0, run.Code);
        Assert.Equal("QFI bytes", server.Calls.Single().Body);
        Assert.Equal("?name=hello%20world&provider=local", server.Calls.Single().Query);
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_an_error_that_names_it()
    {
        var run = await Run.Async(new Scene { Server = "http://127.0.0.1:1" }, "image", "import", "/nowhere/x.qcow2", "--name", "x");
        Assert.Equal(1, run.Code);
        Assert.Contains("/nowhere/x.qcow2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_name_every_provider_is_checked_and_one_that_fails_stops_no_other()
    {
        await using var server = await StubServer.StartAsync();
        server
            .On("GET", "/providers", 200, """{"items":[{"name":"a"},{"name":"b"}],"total":2}""")
            .On("POST", "/providers/a:check", 502, StubServer.Problem("unreachable", "It does not answer."))
            .On("POST", "/providers/b:check", 200, """{"name":"b"}""");
        var run = await Run.Async(server, "provider", "check");
        Assert.Equal(1, run.Code);
        Assert.Contains("a:\nerror: It does not answer.", run.Error, StringComparison.Ordinal);
        Assert.Contains("Provider b answers.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_tokens_key_is_all_that_goes_to_standard_output()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/tokens", 201, """{"token":{"name":"ci","role":"viewer","createdAt":"2026-01-01T00:00:00Z"},"secret":"any_abc"}""");
        Assert.Equal("any_abc\n", (await Run.Async(server, "token", "create", "ci", "--role", "viewer")).Out);
    }

    [Fact]
    public async Task Version_needs_no_server()
    {
        var run = await Run.Async(new Scene { Server = "http://127.0.0.1:1" }, "version");
        Assert.Equal(0, run.Code);
        Assert.StartsWith("anyvisor ", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _anyvisor anyvisor")]
    [InlineData("zsh", "#compdef anyvisor")]
    [InlineData("fish", "complete -c anyvisor")]
    public async Task Completion_scripts_ask_the_tool_itself(string shell, string line)
    {
        var run = await Run.Async(new Scene(), "completion", shell);
        Assert.Equal(0, run.Code);
        Assert.Contains(line, run.Out, StringComparison.Ordinal);
        Assert.Contains("[suggest:", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anyvisor gue", "guest")]
    [InlineData("anyvisor guest sus", "suspend")]
    [InlineData("anyvisor guest list --fil", "--filter")]
    [InlineData("anyvisor guest list -o ", "json")]
    public async Task The_tool_completes_its_own_grammar(string line, string word)
    {
        var run = await Run.Async(new Scene(), $"[suggest:{line.Length}]", line);
        Assert.Contains(word, run.Out.ReplaceLineEndings("\n").Split('\n'));
    }

    [Theory]
    [InlineData("anyvisor guest start we", "/guests", "web1", "name~we*")]
    [InlineData("anyvisor guest show lab/we", "/guests", "lab/web1", "provider:lab name~we*")]
    [InlineData("anyvisor guest snapshot list we", "/guests", "web1", "name~we*")]
    [InlineData("anyvisor provider check we", "/providers", "web1", null)]
    [InlineData("anyvisor guest create x --image we", "/images", "web1", "name~we*")]
    public async Task Names_are_completed_by_the_server(string line, string path, string word, string? filter)
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", path, 200, """{"items":[{"name":"web1"},{"name":"other"}],"total":2}""");
        var run = await Run.Async(server, $"[suggest:{line.Length}]", line);
        Assert.Equal(0, run.Code);
        var words = run.Out.ReplaceLineEndings("\n").Split('\n');
        Assert.Contains(word, words);
        Assert.DoesNotContain("other", words);
        var call = Assert.Single(server.Calls);
        Assert.Equal(filter, System.Web.HttpUtility.ParseQueryString(call.Query)["filter"]);
    }

    [Theory]
    [InlineData("anyvisor guest create we")]
    [InlineData("anyvisor guest start we")]
    public async Task A_name_to_be_given_and_a_server_that_is_away_suggest_nothing_and_say_nothing(string line)
    {
        var run = await Run.Async(new Scene { Server = "http://127.0.0.1:1" }, $"[suggest:{line.Length}]", line);
        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Error);
        Assert.DoesNotContain("we", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_one_document_a_line_until_the_count_is_reached()
    {
        await using var server = await StubServer.StartAsync();
        server.On(
            "GET",
            "/events",
            async (http, _) =>
            {
                http.Response.ContentType = "text/event-stream";
                // The line breaks after each event: the client comes back with the last id.
                var next = http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? int.Parse(last, System.Globalization.CultureInfo.InvariantCulture) + 1 : 7;
                await http.Response.BodyWriter.WriteAsync(System.Text.Encoding.UTF8.GetBytes($": hello\n\nid: {next}\nevent: changed\ndata: {{\"sequence\":{next}}}\n\n"));
            }
        );
        var run = await Run.Async(server, "event", "watch", "--count", "2", "-o", "json", "--filter", "power:on");
        Assert.Equal(0, run.Code);
        Assert.Equal("{\"sequence\":7}\n{\"sequence\":8}\n", run.Out);
        Assert.All(server.Calls, static call => Assert.Equal("?filter=power%3Aon", call.Query));
    }
}
