using System.Text.Json;

namespace Anyvisor.Cli.Tests;

public sealed class WaitTests
{
    [Fact]
    public async Task A_change_waits_for_its_task_and_tells_on_standard_error()
    {
        await using var server = await StubServer.StartAsync();
        const string step = ""","steps":[{"name":"a","label":"Starting it","state":"running"}]""";
        server
            .On("POST", "/guests/web1:start", 202, StubServer.Task("queued"))
            .OnInTurn("GET", "/tasks/t1", StubServer.Task("running", step), StubServer.Task("running", step), StubServer.Task("succeeded"));
        var run = await Run.Async(server, "guest", "start", "web1");
        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Out);
        Assert.Equal("guest.start: Starting it\nGuest web1 is started.\n", run.Error);
        Assert.Equal("?wait=1", server.Calls.Last().Query);
    }

    [Fact]
    public async Task Json_prints_the_ended_task_and_quiet_says_nothing()
    {
        await using var server = await StubServer.StartAsync();
        var ended = StubServer.Task("succeeded", ",\"unknownField\":7");
        server.On("POST", "/guests/web1:start", 202, StubServer.Task("queued")).On("GET", "/tasks/t1", 200, ended);
        var run = await Run.Async(server, "guest", "start", "web1", "-o", "json", "-q");
        Assert.Equal(ended + "\n", run.Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_failed_task_is_still_printed_as_json()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/guests/web1:start", 202, StubServer.Task("failed"));
        var run = await Run.Async(server, "guest", "start", "web1", "-o", "json");
        Assert.Equal(1, run.Code);
        Assert.Equal("failed", JsonElement.Parse(run.Out).GetProperty("state").GetString());
    }

    [Fact]
    public async Task No_wait_prints_the_task_and_asks_no_more()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/guests/web1:start", 202, StubServer.Task("queued"));
        Assert.Equal("t1\n", (await Run.Async(server, "guest", "start", "web1", "--no-wait", "-o", "name")).Out);
        Assert.Contains("queued", (await Run.Async(server, "guest", "start", "web1", "--no-wait")).Out, StringComparison.Ordinal);
        Assert.All(server.Calls, static call => Assert.Equal("POST", call.Method));
    }

    [Fact]
    public async Task Impatience_ends_with_5_and_leaves_the_task_alone()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/guests/web1:start", 202, StubServer.Task("queued")).On("GET", "/tasks/t1", 200, StubServer.Task("running"));
        var run = await Run.Async(server, "guest", "start", "web1", "--timeout", "300ms");
        Assert.Equal(5, run.Code);
        Assert.Contains("t1", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Calls, static call => call.Path.EndsWith(":cancel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_interrupt_says_that_the_task_goes_on()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/guests/web1:start", 202, StubServer.Task("queued")).On("GET", "/tasks/t1", 200, StubServer.Task("running"));
        var scene = new Scene { Server = server.Url };
        var running = Run.Async(scene, "guest", "start", "web1");
        (await scene.Listening.Task)();
        var run = await running;
        Assert.Equal(1, run.Code);
        Assert.Contains("task t1 goes on", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_restarts_while_we_wait_is_waited_for()
    {
        await using var server = await StubServer.StartAsync();
        var asked = 0;
        server
            .On("POST", "/guests/web1:start", 202, StubServer.Task("queued"))
            .On(
                "GET",
                "/tasks/t1",
                async (http, _) =>
                {
                    // More cuts than one request is repeated for.
                    if (Interlocked.Increment(ref asked) <= 5)
                    {
                        http.Abort();
                        return;
                    }
                    http.Response.ContentType = "application/json";
                    await http.Response.BodyWriter.WriteAsync(System.Text.Encoding.UTF8.GetBytes(StubServer.Task("succeeded")));
                }
            );
        Assert.Equal(0, (await Run.Async(server, "guest", "start", "web1", "--timeout", "30s")).Code);
    }

    [Fact]
    public async Task A_command_cut_off_is_sent_again_with_the_same_key()
    {
        await using var server = await StubServer.StartAsync();
        var first = true;
        server.On(
            "POST",
            "/guests/web1:start",
            async (http, _) =>
            {
                if (first)
                {
                    first = false;
                    http.Abort();
                    return;
                }
                http.Response.StatusCode = 202;
                http.Response.ContentType = "application/json";
                await http.Response.BodyWriter.WriteAsync(System.Text.Encoding.UTF8.GetBytes(StubServer.Task("succeeded")));
            }
        );
        Assert.Equal(0, (await Run.Async(server, "guest", "start", "web1")).Code);
        Assert.Equal(2, server.Calls.Count);
        Assert.NotNull(Assert.Single(server.Calls.Select(static call => call.IdempotencyKey).Distinct()));
    }

    [Fact]
    public async Task A_dry_run_prints_the_plan()
    {
        await using var server = await StubServer.StartAsync();
        server.On(
            "DELETE",
            "/guests/web1",
            200,
            """{"steps":[{"name":"stop","label":"Stop it"},{"name":"wipe","label":"Delete its disks"}],"host":"kvm1","concerns":[{"id":"x","severity":"warning","label":"Snapshots","assessment":"Two are lost."}]}"""
        );
        var run = await Run.Async(server, "guest", "delete", "web1", "--dry-run");
        Assert.Equal(0, run.Code);
        Assert.Equal("?dryRun=true", server.Calls.Single().Query);
        Assert.Equal("on host kvm1:\n  1. Stop it\n  2. Delete its disks\n  warning: Snapshots. Two are lost.\n", run.Out);
    }

    [Fact]
    public async Task Task_wait_ends_as_the_task_did()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/tasks/t1", 200, StubServer.Task("failed", $$""","error":{{StubServer.Problem("not-capable", "It can't.")}}"""));
        Assert.Equal(6, (await Run.Async(server, "task", "wait", "t1")).Code);
    }

    [Fact]
    public async Task Items_of_a_bulk_task_that_failed_are_named()
    {
        await using var server = await StubServer.StartAsync();
        var items = $$""","items":[{"id":"1","name":"web1","state":"failed","error":{{StubServer.Problem("conflict", "It is busy.")}}},{"id":"2","name":"web2","state":"succeeded"}]""";
        server.On("POST", "/guests:bulk", 202, StubServer.Task("failed", items));
        var run = await Run.Async(server, "guest", "bulk", "start", "--filter", "name~web*");
        Assert.Equal(1, run.Code);
        Assert.Contains("web1: It is busy.", run.Error, StringComparison.Ordinal);
        Assert.Equal("""{"action":"start","filter":"name~web*","ids":[]}""", server.Calls.Single().Body);
    }
}
