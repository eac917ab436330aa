using System.Text;
using Anyvisor.Cli.Terminal;

namespace Anyvisor.Cli.Tests;

public sealed class ConsoleTests
{
    private const string Ticket = """{"consoles":[{"kind":"serial","available":true}],"ticket":"once only","expiresAt":"2030-01-01T00:00:00Z"}""";

    private static async Task<StubServer> ServerAsync(string greeting)
    {
        var server = await StubServer.StartAsync();
        return server.On("GET", "/guests/first/console", 200, Ticket).On("GET", "/guests/first/console/serial", (http, _) => StubServer.EchoAsync(http, greeting));
    }

    [Fact]
    public async Task What_is_piped_in_is_sent_and_the_answer_is_printed()
    {
        await using var server = await ServerAsync("hello login: ");
        var run = await Run.Async(new Scene { Server = server.Url, InputText = "root\n" }, "guest", "console", "first", "--serial");
        Assert.Equal(0, run.Code);
        Assert.Equal("hello login: root\n", run.Out);
        Assert.Contains(server.Calls, static call => call.Query == "?ticket=once%20only");
    }

    [Fact]
    public async Task Expect_ends_as_soon_as_the_text_has_come()
    {
        await using var server = await ServerAsync("booting\r\nhello login: ");
        using var silent = new SilentStream();
        var run = await Run.Async(new Scene { Server = server.Url, Input = silent }, "guest", "console", "first", "--serial", "--expect", "login:", "--timeout", "30s");
        Assert.Equal(0, run.Code);
        Assert.StartsWith("booting", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expect_that_never_comes_times_out()
    {
        await using var server = await ServerAsync("panic");
        var run = await Run.Async(new Scene { Server = server.Url }, "guest", "console", "first", "--expect", "login:", "--timeout", "300ms");
        Assert.Equal(5, run.Code);
        Assert.Contains("did not say 'login:'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_that_is_refused_is_an_error_with_its_reason()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/guests/first/console", 200, """{"consoles":[{"kind":"serial","available":false,"reason":{"code":"off","text":"The guest is off."}}],"ticket":"t","expiresAt":"2030-01-01T00:00:00Z"}""");
        server.On("GET", "/guests/first/console/serial", 409, "{}");
        var run = await Run.Async(server, "guest", "console", "first");
        Assert.Equal(1, run.Code);
        Assert.Contains("The guest is off.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_found_across_pieces()
    {
        var watch = new TextWatch(Encoding.UTF8.GetBytes("login:"));
        Assert.False(watch.Add("hello lo"u8));
        Assert.False(watch.Add("g"u8));
        Assert.True(watch.Add("in: "u8));
    }

    /// <summary>A terminal at which nobody types.</summary>
    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
