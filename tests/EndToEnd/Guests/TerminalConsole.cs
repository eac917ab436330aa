using System.Diagnostics;
using System.Text;
using Anyvisor.EndToEnd.Harness;
using Xunit;

namespace Anyvisor.EndToEnd.Guests;

/// <summary>The serial console as a person has it: on a terminal, through the real CLI and the real server.</summary>
public sealed class TerminalConsole
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_go_to_the_guest_Ctrl_C_too_and_Ctrl_bracket_leaves_the_terminal_as_it_was()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "needs script(1), which makes a terminal");
        await using var server = await ServerProcess.StartNewAsync();
        await server.Cli.DoAsync("provider", "add", "demo", "--driver", "sim", "--url", "sim:?hosts=2&guests=20&seed=1");
        var guest = (await server.Cli.DoAsync("guest", "list", "--filter", "power:on", "--limit", "1", "-o", "name")).Trim();

        var anyvisor = Path.Combine(Bed.App, "anyvisor");
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", $"'{anyvisor}' guest console '{guest}' --serial; echo code=$?; stty -a", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["ANYVISOR_DATA"] = server.Data;
        start.Environment.Remove("ANYVISOR_SERVER");
        start.Environment.Remove("ANYVISOR_TOKEN");
        using var terminal = Process.Start(start) ?? throw new InvalidOperationException("script did not start");
        var seen = new StringBuilder();
        await SeeAsync(terminal, seen, "login: ");
        await TypeAsync(terminal, "hello\r");
        await SeeAsync(terminal, seen, "hello: ");
        await TypeAsync(terminal, "\u0003");
        await TypeAsync(terminal, "again\r");
        await SeeAsync(terminal, seen, "again: ");
        await TypeAsync(terminal, "\u001d");
        await SeeAsync(terminal, seen, "code=0");
        await SeeAsync(terminal, seen, " icanon");
        await SeeAsync(terminal, seen, " echo ");
        await terminal.WaitForExitAsync(Cancel);
        Assert.Contains("Ctrl-] leaves", seen.ToString(), StringComparison.Ordinal);
    }

    private static async Task TypeAsync(Process terminal, string keys)
    {
        await terminal.StandardInput.WriteAsync(keys.AsMemory(), Cancel);
        await terminal.StandardInput.FlushAsync(Cancel);
    }

    /// <summary>Reads on until the text has come; what was read stays read.</summary>
    private static async Task SeeAsync(Process terminal, StringBuilder seen, string text)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, Cancel);
        var buffer = new char[1024];
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            try
            {
                var read = await terminal.StandardOutput.ReadAsync(buffer, either.Token);
                Assert.True(read > 0, $"The terminal ended before it showed '{text}': {seen}");
                seen.Append(buffer, 0, read);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                terminal.Kill(entireProcessTree: true);
                Assert.Fail($"The terminal did not show '{text}': {seen}");
            }
        }
    }
}
