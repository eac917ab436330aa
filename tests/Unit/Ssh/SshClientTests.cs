using System.Diagnostics;
using Anyvisor.Driver;
using Anyvisor.Driver.Ssh;
using Xunit;

namespace Anyvisor.Unit.Tests.Ssh;

/// <summary>The system's ssh against a real sshd.</summary>
public sealed class SshClientTests : IAsyncLifetime
{
    private ThrowAwaySshd? _sshd;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ThrowAwaySshd Sshd => _sshd!;

    public async ValueTask InitializeAsync()
    {
        if (ThrowAwaySshd.Absent is { } why)
            Assert.Skip(why);
        _sshd = await ThrowAwaySshd.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sshd is not null)
            await _sshd.DisposeAsync();
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("it's; rm -rf / #")]
    [InlineData("$(reboot) `reboot` ${HOME}")]
    [InlineData("new\nline\ttab \\ back")]
    [InlineData("-n --version")]
    [InlineData("")]
    [InlineData("žluťoučký 雪")]
    public async Task Words_arrive_as_they_are(string word)
    {
        await using var client = await ConnectAsync(Sshd.Target);
        var result = await client.RunAsync(["printf", "%s|%s", word, word], default, 1 << 16, Token);
        Assert.Equal((0, $"{word}|{word}"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_command_gets_its_input_and_gives_its_errors_and_its_code()
    {
        await using var client = await ConnectAsync(Sshd.Target);
        var result = await client.RunAsync(["sh", "-c", "cat; echo bad >&2; exit 3"], "in"u8.ToArray(), 1 << 16, Token);
        Assert.Equal((3, "in", "bad\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task More_commands_than_a_line_may_hold_at_once_all_run()
    {
        await using var client = await ConnectAsync(Sshd.Target);
        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => client.RunAsync(["echo", $"{i}"], default, 1 << 16, Token)));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}\n"), results.Select(r => r.Output));
    }

    [Fact]
    public async Task Output_without_end_is_cut_at_its_bound()
    {
        await using var client = await ConnectAsync(Sshd.Target);
        var error = await Assert.ThrowsAsync<ProviderException>(() => client.RunAsync(["yes"], default, 1 << 20, Token));
        Assert.Equal(ProviderError.ProtocolViolation, error.Error);
    }

    [Fact]
    public async Task A_changed_host_key_is_refused_with_both_fingerprints()
    {
        await Sshd.KnowAsAsync("stranger", Token);
        var error = await Assert.ThrowsAsync<ProviderException>(() => ConnectAsync(Sshd.Target));
        Assert.Contains(await Sshd.FingerprintAsync("stranger", Token), error.Message, StringComparison.Ordinal);
        Assert.Contains(await Sshd.FingerprintAsync("host", Token), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_host_key_is_refused_unless_the_user_said_to_take_any()
    {
        await File.WriteAllTextAsync(Sshd.PathOf("known"), "", Token);
        var error = await Assert.ThrowsAsync<ProviderException>(() => ConnectAsync(Sshd.Target));
        Assert.Contains("is not known", error.Message, StringComparison.Ordinal);
        await using var client = await ConnectAsync(Sshd.Target with { Insecure = true });
        Assert.Equal(0, (await client.RunAsync(["true"], default, 1 << 16, Token)).ExitCode);
    }

    [Fact]
    public async Task A_key_that_is_not_let_in_is_a_failed_sign_in()
    {
        var error = await Assert.ThrowsAsync<ProviderException>(() => ConnectAsync(Sshd.Target with { KeyFile = Sshd.PathOf("stranger") }));
        Assert.Equal(ProviderError.AuthenticationFailed, error.Error);
    }

    [Fact]
    public async Task A_line_that_is_cut_says_so_to_all_that_is_on_it()
    {
        await using var client = await ConnectAsync(Sshd.Target);
        var ended = client.EndedAsync(Token);
        var running = client.RunAsync(["sh", "-c", "kill -9 $PPID; sleep 60"], default, 1 << 16, Token);
        var error = await Assert.ThrowsAsync<ProviderException>(() => running);
        Assert.Equal(ProviderError.Unreachable, error.Error);
        Assert.True(error.OutcomeUnknown);
        Assert.Equal(ProviderError.Unreachable, (await ended).Error);
        var late = await Assert.ThrowsAsync<ProviderException>(() => client.RunAsync(["true"], default, 1 << 16, Token));
        Assert.Equal(ProviderError.Unreachable, late.Error);
    }

    [Fact]
    public async Task A_command_that_is_given_up_holds_up_nobody_though_it_goes_on_at_the_other_end()
    {
        await using var client = await ConnectAsync(Sshd.Target);
        var process = await client.StartAsync(["sh", "-c", "trap '' HUP PIPE; echo on; exec sleep 60"], terminal: false, Token);
        Assert.Equal('o', process.Output.ReadByte());

        await process.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);

        Assert.Equal(0, (await client.RunAsync(["true"], default, 1 << 16, Token)).ExitCode);
    }

    [Fact]
    public async Task Nothing_is_left_when_the_client_is_disposed()
    {
        var client = await ConnectAsync(Sshd.Target);
        var folder = client.Folder;
        Assert.True(File.Exists(Path.Combine(folder, "s")));
        var process = await client.StartAsync(["sleep", "600"], terminal: true, Token);
        await client.DisposeAsync();
        await process.DisposeAsync();
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_password_reaches_ssh_and_nobody_else()
    {
        const string canary = "c4n4ry 'pass$word\\";
        // Stands in for ssh: shows what the real one would see.
        var ssh = Sshd.PathOf("ssh");
        await File.WriteAllTextAsync(ssh, $"#!/bin/sh\nenv >'{Sshd.PathOf("env")}'\nfor w; do echo \"$w\"; done >'{Sshd.PathOf("words")}'\n\"$SSH_ASKPASS\" 'Password:' >'{Sshd.PathOf("got")}'\necho anyvisor-line-ready\nexec sleep 60\n", Token);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ssh, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var client = await SshClient.ConnectAsync(Sshd.Target with { Password = new Secret(canary) }, ssh, Token);
        Assert.Equal(canary + "\n", await File.ReadAllTextAsync(Sshd.PathOf("got"), Token));
        foreach (var seen in new[] { "env", "words" })
            Assert.DoesNotContain("c4n4ry", await File.ReadAllTextAsync(Sshd.PathOf(seen), Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root@lab's password: ", true)]
    [InlineData("(root@lab) Password: ", true)]
    [InlineData("Password for root@lab:", true)]
    [InlineData("Enter passphrase for key '/root/password-key': ", false)]
    [InlineData("Are you sure you want to continue connecting to password.lab (yes/no/[fingerprint])? ", false)]
    [InlineData("Verification code: ", false)]
    [InlineData("", false)]
    public async Task Only_who_asks_for_a_password_gets_it(string prompt, bool answered)
    {
        var folder = Directory.CreateTempSubdirectory("anyvisor-askpass-");
        try
        {
            using var password = new SshPassword(folder.FullName, new Secret("hunter2"));
            using var asking = Process.Start(new ProcessStartInfo(password.Program, [prompt]) { RedirectStandardOutput = true })!;
            Assert.Equal(answered ? "hunter2\n" : "", await asking.StandardOutput.ReadToEndAsync(Token));
            await asking.WaitForExitAsync(Token);
            Assert.Equal(answered ? 0 : 1, asking.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_a_program_complains_without_end_is_read_and_its_beginning_kept()
    {
        var complaint = "first words " + new string('x', 1 << 20);
        using var source = new StringReader(complaint);
        var errors = new SshErrors(source);
        await errors.Ended;
        Assert.Equal(-1, source.Peek());
        Assert.Equal(complaint[..(16 * 1024)], errors.Text);
    }

    private static Task<SshClient> ConnectAsync(SshTarget target) => SshClient.ConnectAsync(target, "ssh", Token);
}
