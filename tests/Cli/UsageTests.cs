namespace Anyvisor.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("guset list", "did you mean 'guest'?")]
    [InlineData("guest lst", "did you mean 'list'?")]
    [InlineData("guest list --filtr x", "did you mean '--filter'?")]
    [InlineData("guest list --srever x", "did you mean '--server'?")]
    [InlineData("guest", "anyvisor guest takes: list, show")]
    [InlineData("guest snapshot", "create, list, revert, delete")]
    [InlineData("guest list -o xml", "xml")]
    [InlineData("guest list --limit 0", "is not a whole number above 0")]
    [InlineData("guest list --limit x", "'x'")]
    [InlineData("guest create x --provider p --cpus 1", "'--memory' is required")]
    [InlineData("guest create x --provider p --cpus 1 --memory 2Q", "'2Q' is not a size")]
    [InlineData("guest create x --provider p --cpus 1 --memory 1G --set novalue", "--set takes key=value")]
    [InlineData("guest create x --provider p --cpus 1 --memory 1G --set a=1 --set a=2", "twice")]
    [InlineData("guest resize x", "--cpus, --memory, --entitlement")]
    [InlineData("guest bulk start", "one of the two")]
    [InlineData("guest start x --timeout soon", "'soon' is not a length of time")]
    [InlineData("guest start", "argument")]
    [InlineData("guest start a b", "'b'")]
    [InlineData("guest list --server ftp://x", "is not the URL of a server")]
    [InlineData("token create x --role king", "king")]
    [InlineData("completion tcsh", "tcsh")]
    public async Task A_wrong_command_line_is_a_usage_error_that_names_the_word(string line, string said)
    {
        var run = await Run.Async(new Scene(), line.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.Equal("", run.Out);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_words_at_all_print_the_help_as_an_error()
    {
        var run = await Run.Async(new Scene());
        Assert.Equal(2, run.Code);
        Assert.Equal("", run.Out);
        Assert.Contains("guest", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_an_answer()
    {
        var run = await Run.Async(new Scene(), "guest", "create", "--help");
        Assert.Equal(0, run.Code);
        Assert.Contains("--memory", run.Out, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_value_that_begins_with_an_at_sign_is_a_value_and_no_file()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/guests", 202, StubServer.Task("succeeded"));
        var run = await Run.Async(server, "guest", "create", "x", "--provider", "p", "--cpus", "1", "--memory", "1G", "--set", "a=b", "--image", "@/etc/passwd");
        Assert.Equal(0, run.Code);
        Assert.Contains("\"image\":\"@/etc/passwd\"", server.Calls.Single().Body, StringComparison.Ordinal);
    }
}
