using Anyvisor.Driver;
using Anyvisor.Driver.Ssh;
using Xunit;

namespace Anyvisor.Unit.Tests.Ssh;

/// <summary>Shells that stay, at a real sshd.</summary>
public sealed class SshShellsTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private ThrowAwaySshd? _sshd;
    private SshClient? _line;
    private SshShells? _shells;

    private CancellationToken Token => _deadline.Token;

    private SshShells Shells => _shells!;

    public async ValueTask InitializeAsync()
    {
        if (ThrowAwaySshd.Absent is { } why)
            Assert.Skip(why);
        _deadline.CancelAfter(TimeSpan.FromSeconds(60));
        _sshd = await ThrowAwaySshd.StartAsync(Token);
        _line = await SshClient.ConnectAsync(_sshd.Target, "ssh", Token);
        _shells = new SshShells(_line, ["env", "LC_ALL=C", "sh"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_shells is not null)
            await _shells.DisposeAsync();
        if (_line is not null)
            await _line.DisposeAsync();
        if (_sshd is not null)
            await _sshd.DisposeAsync();
        _deadline.Dispose();
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("it's; rm -rf / #")]
    [InlineData("$(reboot) `reboot` ${HOME}")]
    [InlineData("new\nline\ttab \\ back\n\n")]
    [InlineData("")]
    [InlineData("žluťoučký 雪")]
    public async Task Words_arrive_as_they_are_and_what_they_say_comes_back(string word)
    {
        var result = await RunAsync("printf", "%s|%s", word, word);
        Assert.Equal((0, $"{word}|{word}", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task A_command_gets_its_input_and_gives_its_errors_and_its_code()
    {
        var result = await Shells.RunAsync(["sh", "-c", "cat; echo bad >&2; exit 3"], "in $HOME `id` \\\nand\n", 1 << 16, Token);
        Assert.Equal((3, "in $HOME `id` \\\nand\n", "bad\n"), (result.ExitCode, result.Output, result.Error));
        Assert.Equal((0, ""), (await RunAsync("cat")) is var none ? (none.ExitCode, none.Output) : default);
    }

    [Fact]
    public async Task One_shell_runs_command_after_command()
    {
        var first = await RunAsync("sh", "-c", "echo $PPID");
        Assert.Equal(first.Output, (await RunAsync("sh", "-c", "echo $PPID")).Output);
    }

    [Fact]
    public async Task Many_commands_at_once_each_get_what_is_theirs()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => RunAsync("sh", "-c", $"echo {i}; echo e{i} >&2; exit {i}")));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (i, $"{i}\n", $"e{i}\n")), results.Select(r => (r.ExitCode, r.Output, r.Error)));
    }

    [Fact]
    public async Task Output_without_end_is_cut_at_its_bound_and_the_next_command_runs()
    {
        var error = await Assert.ThrowsAsync<ProviderException>(() => Shells.RunAsync(["yes"], "", 1 << 20, Token));
        Assert.Equal(ProviderError.ProtocolViolation, error.Error);
        Assert.Equal("on\n", (await RunAsync("echo", "on")).Output);
    }

    [Fact]
    public async Task Of_complaints_without_measure_the_beginning_is_kept()
    {
        var result = await RunAsync("sh", "-c", "echo first >&2; head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 4");
        Assert.Equal((4, 16 * 1024), (result.ExitCode, result.Error.Length));
        Assert.StartsWith("first\nxxx", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_answer_arrives_whole()
    {
        var result = await Shells.RunAsync(["seq", "1", "300000"], "", 1 << 24, Token);
        Assert.Equal(300_000, result.Output.Count(c => c == '\n'));
        Assert.EndsWith("\n300000\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shell_that_ended_while_nobody_used_it_is_replaced()
    {
        var pid = (await RunAsync("sh", "-c", "echo $PPID")).Output.Trim();
        _ = await _line!.RunAsync(["kill", "-9", pid], default, 1 << 16, Token);
        Assert.NotEqual(pid, (await RunAsync("sh", "-c", "echo $PPID")).Output.Trim());
    }

    [Fact]
    public async Task A_shell_that_ends_under_a_command_leaves_its_outcome_unknown()
    {
        var error = await Assert.ThrowsAsync<ProviderException>(() => RunAsync("sh", "-c", "kill -9 $PPID; sleep 1"));
        Assert.True(error.OutcomeUnknown, error.Message);
        Assert.Equal("on\n", (await RunAsync("echo", "on")).Output);
    }

    [Fact]
    public async Task A_call_whose_time_is_over_does_not_spoil_the_next()
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = Shells.RunAsync(["sleep", "30"], "", 1 << 16, soon.Token);
        await soon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("on\n", (await RunAsync("echo", "on")).Output);
    }

    [Fact]
    public async Task An_account_that_runs_no_shell_is_said_to_be_so()
    {
        await using var none = new SshShells(_line!, ["false"]);
        var error = await Assert.ThrowsAsync<ProviderException>(() => none.RunAsync(["echo"], "", 1 << 16, Token));
        Assert.Contains("runs no shell", error.Message, StringComparison.Ordinal);
    }

    private Task<SshResult> RunAsync(params string[] words) => Shells.RunAsync(words, "", 1 << 20, Token);
}
