using System.Text;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>What a guest says on its serial console, and what is said to it.</summary>
internal static class SerialConsole
{
    /// <summary>What an emulated guest on a crowded machine may take to boot.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    /// <summary>Reads until the text was said. Return is pressed at first, so that a prompt that is there already is said again.</summary>
    public static async Task<string> ReadUntilAsync(IGuestConsole connection, Guest guest, string text, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await using var console = await connection.OpenConsoleAsync(guest, ConsoleKind.Serial, both.Token);
        await console.WriteAsync("\r"u8.ToArray(), both.Token);
        var said = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (!said.ToString().Contains(text, StringComparison.Ordinal))
            {
                var read = await console.ReadAsync(buffer, both.Token);
                Assert.True(read > 0, $"The console of {guest.Name} closed before '{text}'; it said: {said}");
                said.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Assert.Fail($"{guest.Name} did not say '{text}' within {Patience.TotalMinutes} minutes; it said: {said}");
        }
        return said.ToString();
    }
}
