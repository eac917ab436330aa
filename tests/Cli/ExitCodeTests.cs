namespace Anyvisor.Cli.Tests;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("not-found", 404, 3)]
    [InlineData("authentication-failed", 401, 4)]
    [InlineData("permission-denied", 403, 4)]
    [InlineData("timed-out", 504, 5)]
    [InlineData("not-capable", 409, 6)]
    [InlineData("invalid-argument", 400, 2)]
    [InlineData("ambiguous", 409, 2)]
    [InlineData("conflict", 409, 1)]
    [InlineData("capacity-exceeded", 409, 1)]
    [InlineData("internal", 500, 1)]
    public async Task A_problem_ends_with_the_code_of_its_type_and_keeps_standard_output_empty(string type, int status, int code)
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/guests/web1:start", status, StubServer.Problem(type, "The sentence for the person."));
        var run = await Run.Async(server, "guest", "start", "web1");
        Assert.Equal(code, run.Code);
        Assert.Equal("", run.Out);
        Assert.Contains("error: The sentence for the person.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not-capable", 6)]
    [InlineData("timed-out", 5)]
    [InlineData("provider-fault", 1)]
    public async Task A_task_that_fails_ends_with_the_code_of_its_error(string type, int code)
    {
        await using var server = await StubServer.StartAsync();
        var failed = StubServer.Task("failed", $$"""
            ,"error":{{StubServer.Problem(type, "It broke.", ",\"nativeMessage\":\"qemu exited\",\"nativeCode\":\"38\",\"provider\":\"lab\"")}}
            """);
        server.On("POST", "/guests/web1:start", 202, StubServer.Task("queued")).OnInTurn("GET", "/tasks/t1", StubServer.Task("running"), failed);
        var run = await Run.Async(server, "guest", "start", "web1");
        Assert.Equal(code, run.Code);
        Assert.Contains("It broke.", run.Error, StringComparison.Ordinal);
        Assert.Contains("lab said: qemu exited (38)", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("needs-check")]
    public async Task A_task_that_ends_otherwise_is_a_failure(string state)
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/guests/web1:stop", 202, StubServer.Task(state));
        var run = await Run.Async(server, "guest", "stop", "web1");
        Assert.Equal(1, run.Code);
        Assert.Contains("t1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Candidates_and_concerns_of_a_problem_are_told()
    {
        await using var server = await StubServer.StartAsync();
        const string more = """
            ,"candidates":["lab/web1","dc2/web1"],"concerns":[{"id":"x","severity":"critical","label":"Disk","assessment":"Too small.","remedy":"Grow it."}]
            """;
        server.On("POST", "/guests/web1:start", 409, StubServer.Problem("ambiguous", "Two have that name.", more));
        var run = await Run.Async(server, "guest", "start", "web1");
        Assert.Contains("did you mean: lab/web1, dc2/web1", run.Error, StringComparison.Ordinal);
        Assert.Contains("critical: Disk. Too small. Grow it.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_server_is_a_failure_that_says_how_to_start_one()
    {
        var run = await Run.Async(new Scene { Server = "http://127.0.0.1:1" }, "guest", "list");
        Assert.Equal(1, run.Code);
        Assert.Contains("anyvisor serve", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_that_is_no_Anyvisor_server_is_said_to_be_that()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", async (http, _) =>
        {
            http.Response.ContentType = "text/html";
            await http.Response.BodyWriter.WriteAsync("<html>"u8.ToArray());
        });
        var run = await Run.Async(server, "guest", "list");
        Assert.Equal(1, run.Code);
        Assert.Contains("text/html, not JSON", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_JSON_is_a_failure_and_no_crash()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests", 200, """{"items":[{"name":""");
        var run = await Run.Async(server, "guest", "list");
        Assert.Equal(1, run.Code);
        Assert.Contains("can't be read", run.Error, StringComparison.Ordinal);
    }
}
