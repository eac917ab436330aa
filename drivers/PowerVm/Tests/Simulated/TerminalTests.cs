using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Anyvisor.Simulation.Ssh;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Simulated;

/// <summary>Terminals over SSH: what is typed arrives, there is one session, and closing it frees it.</summary>
public sealed class TerminalTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private SimulatedConsole? _console;
    private IProviderConnection? _connection;

    private IGuestConsole Consoles => (IGuestConsole)_connection!;

    public async ValueTask InitializeAsync()
    {
        _deadline.CancelAfter(TimeSpan.FromSeconds(60));
        if (Sshd.Program is null)
            return;
        _console = await SimulatedConsole.StartAsync(1, 8, null, ("ssh", "0"));
        _connection = await new Plugin().ConnectAsync(_console.Address, DriverBed.Context, _deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        if (_console is not null)
            await _console.DisposeAsync();
        _deadline.Dispose();
    }

    [Fact]
    public async Task What_is_typed_is_seen()
    {
        var guest = await RunningAsync();
        await using var terminal = await Consoles.OpenConsoleAsync(guest, ConsoleKind.Serial, _deadline.Token);
        await UntilAsync(terminal, "login:");
        await terminal.WriteAsync("padmin"u8.ToArray(), _deadline.Token);
        await UntilAsync(terminal, "padmin");
    }

    [Fact]
    public async Task A_second_session_is_told_who_has_the_terminal_and_gets_it_when_the_first_ends()
    {
        var guest = await RunningAsync();
        await using (var first = await Consoles.OpenConsoleAsync(guest, ConsoleKind.Serial, _deadline.Token))
        {
            await UntilAsync(first, "login:");
            var refused = await Assert.ThrowsAsync<ProviderException>(() => Consoles.OpenConsoleAsync(guest, ConsoleKind.Serial, _deadline.Token));
            Assert.Equal(ProviderError.Conflict, refused.Error);
            Assert.Contains("in use by hscroot", refused.Message, StringComparison.Ordinal);
            Assert.Contains("rmvterm -m", refused.Message, StringComparison.Ordinal);
        }
        await using var second = await Consoles.OpenConsoleAsync(guest, ConsoleKind.Serial, _deadline.Token);
        await UntilAsync(second, "login:");
    }

    private async Task<Guest> RunningAsync()
    {
        Assert.SkipWhen(Sshd.Program is null, "sshd is not installed (package openssh-server)");
        var partition = _console!.Server.Estate.Partitions.Values.First(p => !p.IsVios && p.On);
        return (await _connection!.ReadGuestAsync(new NativeId(partition.Uuid), _deadline.Token))!;
    }

    private async Task UntilAsync(Stream terminal, string text)
    {
        var (buffer, seen) = (new byte[4096], new StringBuilder());
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            var count = await terminal.ReadAsync(buffer, _deadline.Token);
            Assert.True(count > 0, $"The terminal ended after: {seen}");
            _ = seen.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
